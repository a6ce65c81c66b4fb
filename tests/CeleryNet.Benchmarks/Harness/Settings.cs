namespace CeleryNet.Benchmarks.Harness;

/// <summary>How a run is made.</summary>
/// <param name="WarmRounds">Rounds of each contender that are not counted.</param>
/// <param name="Rounds">Rounds of each contender that are counted; their median is shown.</param>
/// <param name="Scale">Factor on the operations of each round.</param>
/// <param name="Only">Part of the name of the only contenders that run, to be profiled; <c>null</c> for all.</param>
internal sealed record Settings(int WarmRounds, int Rounds, double Scale, string? Only = null);
