using CeleryNet.Brokers;

namespace CeleryNet.Worker;

/// <summary>
/// Attempts that ended while their connection was lost, so that their settlement was lost too: when the broker hands one of them to this worker again, it is settled and not run twice. Keeps the
/// last 10 000. Thread-safe.
/// </summary>
internal sealed class LostSettlements
{
    private const int Most = 10_000; // about 1.5 MB; more than a worker can hold unsettled in any but the largest prefetch

    private readonly Lock _lock = new();
    private readonly Dictionary<(string TaskId, int Retries), Settlement> _settlements = [];
    private readonly Queue<(string TaskId, int Retries)> _order = new();

    internal void Add(TaskRequest request)
    {
        if (request.EndsAs is not { } settlement || settlement == Settlement.Requeue || request.Message.Id is not { Length: > 0 } id) return;
        var key = (id, request.Message.Retries);
        lock (_lock)
        {
            if (!_settlements.TryAdd(key, settlement)) return;
            _order.Enqueue(key);
            if (_order.Count > Most) _settlements.Remove(_order.Dequeue());
        }
    }

    internal Settlement? Find(string taskId, int retries)
    {
        lock (_lock) return _settlements.TryGetValue((taskId, retries), out var settlement) ? settlement : null;
    }
}
