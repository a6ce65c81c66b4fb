using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CeleryNet.Scheduling;

/// <summary>
/// What follows from a beat, an entry and one of its moments alone: the id of the task and the jitter. Whoever sends it again, after a crash or because it thinks that it leads, sends the same.
/// </summary>
internal static class RunId
{
    /// <summary>The task id: a UUID of version 8 (RFC 9562) made of a SHA-256.</summary>
    internal static string Of(string beat, string entry, DateTimeOffset moment)
    {
        var bytes = Hash(beat, entry, moment).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80); // version 8
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    /// <summary>A number from 0 up to 1, evenly spread over entries and moments.</summary>
    internal static double FractionOf(string beat, string entry, DateTimeOffset moment) =>
        (BinaryPrimitives.ReadUInt64BigEndian(Hash(beat, entry, moment).AsSpan(24)) >> 11) * (1.0 / (1UL << 53));

    private static byte[] Hash(string beat, string entry, DateTimeOffset moment)
    {
        var text = Encoding.UTF8.GetBytes($"{beat}\0{entry}\0");
        var bytes = new byte[text.Length + sizeof(long)];
        text.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(text.Length), moment.UtcTicks);
        return SHA256.HashData(bytes);
    }
}
