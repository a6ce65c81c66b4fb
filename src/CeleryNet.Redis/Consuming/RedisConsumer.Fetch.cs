using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Diagnostics;
using StackExchange.Redis;

namespace CeleryNet.Redis.Consuming;

internal sealed partial class RedisConsumer
{
    // Replies of 50 messages are 40 KB: with three calls under way the server always has one to work at (measured: 54 000/s with one ahead, 84 000/s with three).
    private const int MostInFlight = 3;

    // While tasks end one by one, this much patience turns takes of one into takes of many.
    private static readonly TimeSpan GatherDelay = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(5);

    private readonly AsyncSignal _wake = new();
    private readonly AsyncSignal _slots = new();
    private readonly AsyncSignal _pollArmed = new();
    private volatile bool _isIdle;

    private async Task FetchAsync(CancellationToken stopping)
    {
        var backoff = new Backoff(_random);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var session = await _link.GetAsync(Timeout.InfiniteTimeSpan, stopping).ConfigureAwait(false);
                await OpenAsync(session, stopping).ConfigureAwait(false);
                await (_settings.HasPrefetchPerQueue ? FetchPerQueueAsync(session, _holder, backoff, stopping) : FetchWhileCurrentAsync(session, _holder, backoff, stopping)).ConfigureAwait(false);
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.RoundFailed(_logger, "Fetch", RedisFailure.Describe(error));
                if (RedisFailure.IsConnection(error)) continue; // connecting has its own back-off
                await Task.Delay(backoff.Next(), _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task FetchWhileCurrentAsync(RedisSession session, Holder holder, Backoff backoff, CancellationToken stopping)
    {
        var inFlight = new Queue<Take>();
        var isBusy = true;
        try
        {
            while (holder is { IsCurrent: true, HasDoubts: false } && !stopping.IsCancellationRequested)
            {
                while (inFlight.Count < (isBusy && !HasFollowing() ? MostInFlight : 1) && !_plan.IsEmpty)
                {
                    var free = _prefetch - holder.Count;
                    if (free <= 0) break;
                    var worthwhile = Math.Clamp(_prefetch / 4, 1, _options.MaxBatch);
                    if (isBusy && free < worthwhile)
                    {
                        if (inFlight.Count > 0) break;
                        await Task.Delay(GatherDelay, _time, stopping).ConfigureAwait(false);
                        free = _prefetch - holder.Count;
                        if (free <= 0) break; // the prefetch has become smaller meanwhile
                    }

                    inFlight.Enqueue(StartTake(session, holder, Math.Min(free, _options.MaxBatch)));
                }

                if (inFlight.Count == 0)
                {
                    await _slots.WaitAsync(stopping).ConfigureAwait(false);
                    continue;
                }

                var take = inFlight.Dequeue();
                isBusy = await EndTakeAsync(holder, take).ConfigureAwait(false) == take.Count;
                backoff.Reset();
                if (!isBusy && inFlight.Count == 0 && holder.IsCurrent && holder.Count < _prefetch) await WaitForPushAsync(stopping).ConfigureAwait(false);
            }
        }
        finally
        {
            // Their answers carry messages: each is awaited, and what fails is looked up later.
            foreach (var take in inFlight) await ((Task)EndTakeAsync(holder, take)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private readonly record struct Take(long First, int Count, string? Only, TakeScope Scope, string[] Queues, Task<RedisResult> Answer);

    private Take StartTake(RedisSession session, Holder holder, int count, string? only = null)
    {
        var first = holder.Reserve(count, only);
        var scope = HasFollowing() ? TakeScope.Unwatched : TakeScope.All;
        var (keys, arguments, queues) = _plan.Next(holder, first, count, only, scope);
        return new Take(first, count, only, scope, queues, session.EvaluateAsync(RedisScript.Take, keys, arguments, CancellationToken.None));
    }

    // Called in the order of the calls: the client completes its answers in any order, and messages of one list are to stay in theirs.
    private async Task<int> EndTakeAsync(Holder holder, Take take)
    {
        var taken = 0;
        try
        {
            var answer = await take.Answer.ConfigureAwait(false);
            if (answer.IsNull) Lose(holder);
            foreach (var one in Read(holder, take.First, take.Queues, (RedisValue[]?)answer ?? []))
            {
                taken++;
                Deliver(one, take.Scope == TakeScope.All ? int.MaxValue : _prefetch); // beside a take without reserved room it may be too much
            }

            return taken;
        }
        catch
        {
            holder.Doubt(take.First + taken, take.Count - taken);
            throw;
        }
        finally
        {
            holder.Release(take.Count, take.Only);
        }
    }

    // The answer of take.lua.
    private IEnumerable<RedisDelivery> Read(Holder holder, long number, string[] queues, RedisValue[] values)
    {
        if (values.Length > 0) NoteDelivery();
        for (var i = 0; i < values.Length;)
        {
            var queue = queues[(int)values[i]];
            var envelopes = (int)values[i + 1];
            i += 2;
            for (; envelopes > 0; envelopes--)
            {
                var kept = values[i].IsInteger ? (long)values[i++] : 0; // an envelope never is: numbers come as such, texts as bytes
                yield return RedisDelivery.Taken((byte[]?)values[i++] ?? [], queue, holder, number++, _keys, _wire, kept / 4 * 3);
            }

            _plan.Served(queue);
        }
    }

    private void NoteDelivery() => Interlocked.Exchange(ref _lastDelivery, _time.GetUtcNow().UtcTicks);

    private static long Base64LengthOf(int bytes) => ((long)bytes + 2) / 3 * 4;

    // Hands it out; it is returned when its queue was left, or the consumer stopped, while it was on its way.
    private void Deliver(RedisDelivery delivery, int most = int.MaxValue)
    {
        var holder = delivery.Holder;
        holder.Add(delivery);
        lock (_gate)
        {
            if (holder.HeldCount > most || !_plan.Has(delivery.Queue) || !_deliveries.Writer.TryWrite(delivery)) ReturnUnread(delivery);
        }
    }

    private async Task WaitForPushAsync(CancellationToken stopping)
    {
        _isIdle = true;
        var withRoom = WithRoom(_holder).ToHashSet();
        foreach (var watch in Volatile.Read(ref _watches))
        {
            if (withRoom.Contains(watch.Queue)) watch.Watcher.Arm();
        }

        _pollArmed.Set();
        try
        {
            await _wake.WaitAsync(stopping).ConfigureAwait(false);
        }
        finally
        {
            _isIdle = false;
        }
    }

    // Looks at the lists that no watcher looks at: those of the less urgent steps, and all where a watcher cannot watch.
    private async Task PollAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await _pollArmed.WaitAsync(stopping).ConfigureAwait(false);
                for (var delay = FirstPoll; _isIdle; delay = Min(delay * 2, _options.PriorityPollInterval))
                {
                    var mustHurry = Array.Exists(Volatile.Read(ref _watches), static watch => !watch.Watcher.Works);
                    await Task.Delay(mustHurry ? Min(delay, _options.PriorityPollInterval) : _options.PriorityPollInterval, _time, stopping).ConfigureAwait(false);
                    if (_isIdle && await HasUnwatchedAsync(stopping).ConfigureAwait(false)) _wake.Set();
                }
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                // The loop that takes meets the same trouble and tells it better; it is woken to do so.
                if (!RedisFailure.IsConnection(error)) Log.RoundFailed(_logger, "Poll", RedisFailure.Describe(error));
                _wake.Set();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<bool> HasUnwatchedAsync(CancellationToken stopping)
    {
        var lists = new List<object>();
        var withRoom = WithRoom(_holder).ToHashSet();
        foreach (var queue in withRoom)
        {
            foreach (var step in _keys.Steps)
            {
                if (step != 0) lists.Add((RedisKey)_keys.List(queue, step));
            }
        }

        foreach (var watch in Volatile.Read(ref _watches))
        {
            if (!watch.Watcher.Works && withRoom.Contains(watch.Queue)) lists.Add(watch.Watcher.List);
        }

        if (lists.Count == 0) return false;
        var session = await _link.GetAsync(Timeout.InfiniteTimeSpan, stopping).ConfigureAwait(false);
        return (long)await session.ExecuteAsync("EXISTS", [.. lists], stopping).ConfigureAwait(false) > 0;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
