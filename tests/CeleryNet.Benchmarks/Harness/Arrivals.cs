namespace CeleryNet.Benchmarks.Harness;

/// <summary>Counts tasks of a round: the clock runs from the first that begins to the last that ends, so that connecting is not measured. Thread-safe.</summary>
/// <param name="expected">How many will come.</param>
internal sealed class Arrivals(int expected)
{
    private readonly TaskCompletionSource<Sample> _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Meter? _meter;
    private int _begun;
    private int _ended;

    internal int Ended => Volatile.Read(ref _ended);

    internal void Begin()
    {
        if (Interlocked.Increment(ref _begun) == 1) _meter = Meter.Start();
    }

    internal void End()
    {
        if (Interlocked.Increment(ref _ended) == expected) _all.TrySetResult(_meter!.Stop(expected));
    }

    internal void Fail(Exception error) => _all.TrySetException(error);

    /// <summary>The reading at the moment the last one ended.</summary>
    internal Task<Sample> AllAsync(CancellationToken deadline) => _all.Task.WaitAsync(deadline);

    /// <summary>A new reading from the first begin to now, for whoever waits longer than for the last end.</summary>
    internal Sample Stop() => _meter!.Stop(expected);
}
