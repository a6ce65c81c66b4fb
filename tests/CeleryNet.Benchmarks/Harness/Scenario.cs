namespace CeleryNet.Benchmarks.Harness;

/// <summary>One table: contenders that do the same work.</summary>
/// <param name="Name">What is typed to run it alone.</param>
/// <param name="Description">What is compared.</param>
/// <param name="RunAsync">Runs it.</param>
internal sealed record Scenario(string Name, string Description, Func<Settings, Task<IReadOnlyList<Row>>> RunAsync);
