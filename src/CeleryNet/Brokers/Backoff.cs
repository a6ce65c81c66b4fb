namespace CeleryNet.Brokers;

/// <summary>Waits between attempts to reconnect: 0.5 s, then three times longer each up to 4 s, each wait between half and the whole of its step. Not thread-safe.</summary>
/// <param name="random">Source of the jitter.</param>
public sealed class Backoff(Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(4);

    private TimeSpan _step = First;

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        var step = _step;
        _step = step * 3 < Longest ? step * 3 : Longest;
        // Nearer to the whole than to the half, so that a fleet spreads out and still asks a broker that is away at most four times in ten seconds, nearly always.
        return step * (0.5 + (Math.Max(random.NextDouble(), random.NextDouble()) / 2));
    }

    /// <summary>Starts over, after a success.</summary>
    public void Reset() => _step = First;
}
