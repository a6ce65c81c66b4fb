namespace CeleryNet.Benchmarks.Tasks;

/// <summary>Fills and inspects the queue <c>celery</c> from outside, by the raw client.</summary>
internal interface IQueueControl : IAsyncDisposable
{
    /// <summary>Puts ready messages of <c>bench.add</c> into the empty queue, each with an id of its own.</summary>
    Task FillAsync(int count, CancellationToken deadline);

    /// <summary>How many messages wait.</summary>
    Task<int> CountAsync(CancellationToken deadline);

    /// <summary>Throws everything away.</summary>
    /// <exception cref="InvalidOperationException">There were not <paramref name="expected"/> messages: what was measured did not do its work.</exception>
    Task EmptyAsync(int expected, CancellationToken deadline);

    /// <summary>Throws everything away, however much it is.</summary>
    Task ClearAsync(CancellationToken deadline);

    /// <summary>Returns when no message is unacknowledged any more, where that can be asked.</summary>
    Task SettledAsync(CancellationToken deadline);
}
