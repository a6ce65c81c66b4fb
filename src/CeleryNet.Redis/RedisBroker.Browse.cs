using CeleryNet.Brokers;
using CeleryNet.Redis.Browsing;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Consuming;
using StackExchange.Redis;

namespace CeleryNet.Redis;

public sealed partial class RedisBroker : IQueueBrowser
{
    /// <inheritdoc/>
    public async ValueTask<long> CountAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        return await AskAsync(
            $"the messages of queue '{queue}' were not counted",
            async session => (await Task.WhenAll(_keys.Lists(queue).Select(list => session.Database.ListLengthAsync(list))).ConfigureAwait(false)).Sum(),
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Delivery>> PeekAsync(string queue, int limit, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var found = new List<Delivery>();
        foreach (var list in _keys.Lists(queue))
        {
            var most = limit - found.Count;
            if (most == 0) break;
            var envelopes = await AskAsync($"queue '{queue}' was not read", session => session.Database.ListRangeAsync(list, -most, -1), cancellationToken).ConfigureAwait(false);
            foreach (var envelope in envelopes.Reverse()) found.Add(RedisDelivery.Seen((byte[]?)envelope ?? [], queue, _keys, _wire));
        }

        return found;
    }

    /// <inheritdoc/>
    /// <remarks>A message that was requeued goes back to its place when the call ends, so that the call does not see it again.</remarks>
    public async ValueTask<int> TakeAsync(string queue, int limit, Func<Delivery, CancellationToken, ValueTask<Settlement>> handler, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentNullException.ThrowIfNull(handler);

        // No more than there are now: a handler may send to the same queue.
        var left = Math.Min(limit, await CountAsync(queue, cancellationToken).ConfigureAwait(false));
        if (left == 0) return 0;
        var acknowledged = 0;
        var visit = new QueueVisit(_publishing, _keys, _store, queue, _wire, _time, _connector.Logger);
        await using (visit.ConfigureAwait(false))
        {
            await VisitAsync(visit.OpenAsync(cancellationToken), queue).ConfigureAwait(false);
            for (; left > 0; left--)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var taking = visit.TakeAsync(CancellationToken.None);
                await VisitAsync(taking, queue).ConfigureAwait(false);
                if (await taking.ConfigureAwait(false) is not { } delivery) break;
                var settlement = await handler(delivery, cancellationToken).ConfigureAwait(false);
                if (settlement == Settlement.Requeue) continue;
                await VisitAsync(visit.RemoveAsync(delivery, CancellationToken.None), queue).ConfigureAwait(false);
                if (settlement == Settlement.Acknowledge) acknowledged++;
            }
        }

        return acknowledged;
    }

    private async Task VisitAsync(Task step, string queue)
    {
        try
        {
            await step.ConfigureAwait(false);
        }
        catch (Exception error) when (IsOther(error))
        {
            throw Unavailable($"the messages of queue '{queue}' were not all taken", error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        return (long)await AskAsync(
            $"queue '{queue}' was not purged", session => session.EvaluateAsync(RedisScript.Purge, _keys.Lists(queue), [""], cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<long> PurgeAsync(string queue, long most, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        return (long)await AskAsync(
            $"queue '{queue}' was not purged", session => session.EvaluateAsync(RedisScript.Purge, _keys.Lists(queue), [most], cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Held is what C# and Python workers have in <c>unacked</c>, with what Python's hold until it is due; delayed is what C# workers have parked. Both are counted by looking at all of it, a page
    /// at a time.
    /// </remarks>
    public async ValueTask<QueueCounts> InspectAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        return await AskAsync($"the messages of queue '{queue}' were not counted", session => _census.CountAsync(session, queue, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>The queues that any peer has declared, by kombu's bindings.</remarks>
    public async ValueTask<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken) =>
        await AskAsync("the queues were not listed", session => _census.ListAsync(session, cancellationToken), cancellationToken).ConfigureAwait(false);
}
