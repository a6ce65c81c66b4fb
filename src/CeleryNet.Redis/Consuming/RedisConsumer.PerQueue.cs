using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;

namespace CeleryNet.Redis.Consuming;

/// <content>Fetching where each queue has a prefetch of its own: a take asks for one queue, so that a full one keeps no other out.</content>
internal sealed partial class RedisConsumer
{
    private async Task FetchPerQueueAsync(RedisSession session, Holder holder, Backoff backoff, CancellationToken stopping)
    {
        var inFlight = new Queue<Take>();
        var drained = new HashSet<string>(); // queues that had less than was asked for
        var isBusy = false;
        try
        {
            while (holder.IsCurrent && !stopping.IsCancellationRequested)
            {
                if (isBusy && inFlight.Count == 0 && !HasWorthwhile(holder)) await Task.Delay(GatherDelay, _time, stopping).ConfigureAwait(false);
                foreach (var queue in WithRoom(holder))
                {
                    if (inFlight.Count == MostInFlight) break;
                    var free = _prefetch - holder.CountOf(queue);
                    if (free <= 0 || drained.Contains(queue) || inFlight.Any(take => take.Only == queue)) continue;
                    inFlight.Enqueue(StartTake(session, holder, Math.Min(free, _options.MaxBatch), queue));
                }

                if (inFlight.Count == 0)
                {
                    isBusy = false;
                    drained.Clear();
                    await WaitForPushAsync(stopping).ConfigureAwait(false);
                    continue;
                }

                var take = inFlight.Dequeue();
                isBusy = await EndTakeAsync(holder, take).ConfigureAwait(false) == take.Count;
                backoff.Reset();
                if (isBusy) drained.Clear(); // as long as one queue is busy nobody waits for a push, so the others are looked at again
                else drained.Add(take.Only!); // every take of this loop is for one queue
            }
        }
        finally
        {
            foreach (var take in inFlight) await ((Task)EndTakeAsync(holder, take)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool HasWorthwhile(Holder holder)
    {
        var worthwhile = Math.Clamp(_prefetch / 4, 1, _options.MaxBatch);
        return _plan.Queues.Any(queue => _prefetch - holder.CountOf(queue) >= worthwhile);
    }

    // The queues of which another message may be held.
    private IEnumerable<string> WithRoom(Holder holder) => _settings.HasPrefetchPerQueue ? _plan.Queues.Where(queue => holder.CountOf(queue) < _prefetch) : _plan.Queues;

    // Wakes whoever waits for room: the loop that takes, which in this mode waits for room and pushes at once.
    private void Freed()
    {
        _slots.Set();
        if (_settings.HasPrefetchPerQueue) _wake.Set();
    }
}
