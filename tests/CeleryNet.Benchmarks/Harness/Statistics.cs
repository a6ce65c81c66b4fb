namespace CeleryNet.Benchmarks.Harness;

internal static class Statistics
{
    internal static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>Quantile with linear interpolation between neighbours.</summary>
    internal static double Quantile(IEnumerable<double> values, double quantile)
    {
        var sorted = values.Order().ToArray();
        var position = quantile * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (position - below));
    }
}
