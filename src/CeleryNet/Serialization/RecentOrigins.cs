using System.Text;

namespace CeleryNet.Serialization;

/// <summary>
/// One string per sender's node name, for the few senders of the moment. Not kept for ever, as <see cref="TaskNames"/> are: every process of a client has a name of its own.
/// </summary>
internal static class RecentOrigins
{
    private const int Slots = 256; // a power of two
    private const int LongestKept = 128;

    private static readonly string?[] Texts = new string?[Slots]; // a lost update only costs a string

    internal static string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestKept) return Encoding.UTF8.GetString(utf8);
        var hash = new HashCode();
        hash.AddBytes(utf8);
        ref var slot = ref Texts[hash.ToHashCode() & (Slots - 1)];
        var known = Volatile.Read(ref slot);
        if (known is not null && Ascii.Equals(utf8, known)) return known; // a name outside ASCII is never equal, and made anew

        var text = Encoding.UTF8.GetString(utf8);
        Volatile.Write(ref slot, text);
        return text;
    }
}
