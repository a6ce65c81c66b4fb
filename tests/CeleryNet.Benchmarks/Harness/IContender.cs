namespace CeleryNet.Benchmarks.Harness;

/// <summary>One side of a comparison. Connects when it is created, so that rounds measure nothing but their work.</summary>
internal interface IContender : IAsyncDisposable
{
    /// <summary>Shown in the table.</summary>
    string Name { get; }

    /// <summary>Does the work once. Everything it waits for ends with <paramref name="deadline"/>.</summary>
    /// <param name="operations">How many tasks, messages or calls.</param>
    /// <param name="deadline">Cancelled when the round takes too long.</param>
    Task<Sample> RunAsync(int operations, CancellationToken deadline);
}
