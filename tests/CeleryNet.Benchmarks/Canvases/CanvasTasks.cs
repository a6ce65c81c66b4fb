namespace CeleryNet.Benchmarks.Canvases;

/// <summary>The tasks of the canvases, the same as in <see cref="CeleryCanvas"/>.</summary>
internal static class CanvasTasks
{
    /// <summary>The next number, so that the result of a chain tells its length.</summary>
    [Task("bench.next")]
    public static int Next(int x) => x + 1;

    /// <summary>Body of the chord.</summary>
    [Task("bench.sum")]
    public static int Sum(IReadOnlyList<int> values) => values.Sum();
}
