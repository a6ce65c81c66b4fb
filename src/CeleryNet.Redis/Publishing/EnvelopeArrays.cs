using System.Collections.Concurrent;

namespace CeleryNet.Redis.Publishing;

/// <summary>
/// Arrays of envelopes for one command after the other. The client library takes whole arrays only, so that an envelope is followed by blanks up to the end of its array; JSON ends before them for every
/// reader. An array goes back once Redis has answered its command, and never where the answer is missing: then nobody knows whether it is still to be written.
/// </summary>
internal static class EnvelopeArrays
{
    private const int FineStep = 32; // 16 blanks in a usual message of 900 bytes
    private const int FineMost = 2048;
    private const int CoarseStep = 2048; // for lists of events, up to what is not worth keeping
    private const int Largest = 64 * 1024;

    // Of each size: as many as are under way at most, 2 MB of the usual messages and of the largest.
    private const int MostFine = 1024;
    private const int MostCoarse = 16;

    private static readonly Shelf[] Fine = [.. Enumerable.Range(0, (FineMost / FineStep) + 1).Select(static _ => new Shelf(MostFine))];
    private static readonly Shelf[] Coarse = [.. Enumerable.Range(0, (Largest / CoarseStep) + 1).Select(static _ => new Shelf(MostCoarse))];

    /// <summary>The envelope in an array that may have been used before.</summary>
    internal static byte[] Fill(ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length > Largest) return envelope.ToArray();
        var step = envelope.Length <= FineMost ? FineStep : CoarseStep;
        var length = (envelope.Length + step - 1) / step * step;
        var array = ShelfOf(length).Take() ?? GC.AllocateUninitializedArray<byte>(length);
        envelope.CopyTo(array);
        array.AsSpan(envelope.Length).Fill((byte)' ');
        return array;
    }

    /// <summary>Gives an array back, once, of which nothing is read any more.</summary>
    internal static void Return(byte[] array)
    {
        if (array.Length <= Largest && array.Length % (array.Length <= FineMost ? FineStep : CoarseStep) == 0) ShelfOf(array.Length).Add(array);
    }

    private static Shelf ShelfOf(int length) => length <= FineMost ? Fine[length / FineStep] : Coarse[length / CoarseStep];

    private sealed class Shelf(int most)
    {
        private readonly ConcurrentQueue<byte[]> _arrays = new();
        private int _count; // counting the queue itself costs more

        internal byte[]? Take()
        {
            if (!_arrays.TryDequeue(out var array)) return null;
            Interlocked.Decrement(ref _count);
            return array;
        }

        internal void Add(byte[] array)
        {
            if (Interlocked.Increment(ref _count) <= most) _arrays.Enqueue(array);
            else Interlocked.Decrement(ref _count);
        }
    }
}
