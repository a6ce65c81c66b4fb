namespace CeleryNet.Worker;

/// <summary>What arrived after the worker had begun to stop, until fetching has ended. Thread-safe.</summary>
internal sealed class LateArrivals
{
    private readonly Lock _lock = new();
    private List<TaskRequest>? _requests = [];

    /// <summary>Keeps the request.</summary>
    /// <returns>False when fetching has ended: the caller gives it back.</returns>
    internal bool TryAdd(TaskRequest request)
    {
        lock (_lock)
        {
            _requests?.Add(request);
            return _requests is not null;
        }
    }

    /// <summary>Takes what was kept; nothing is kept any more.</summary>
    internal List<TaskRequest> Close()
    {
        lock (_lock)
        {
            var kept = _requests ?? [];
            _requests = null;
            return kept;
        }
    }
}
