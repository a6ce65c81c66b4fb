using System.Globalization;
using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Diagnostics;
using CeleryNet.Redis.Publishing;
using CeleryNet.Results;
using StackExchange.Redis;

namespace CeleryNet.Redis.Consuming;

/// <content>The end of a task, its result and the message that follows it, in one step. A worker that has nothing else to do takes that message along, instead of waiting for it at the queue.</content>
internal sealed partial class RedisConsumer : IResultRelay
{
    private const int Taken = 1;

    private readonly TaskCompletionSource _relayed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _relays = 1; // those under way that may take a message, and one for the consumer itself until it stops

    /// <summary>The message as it goes into one list; <c>null</c> when it has to go the broker's own way.</summary>
    internal required Func<OutgoingMessage, Push?> Encode { get; init; }

    /// <inheritdoc/>
    public bool CanRelay(IResultBackend results) => results is RedisResultBackend redis && redis.IsAt(_link.Connector);

    /// <inheritdoc/>
    public async ValueTask<bool> TryRelayAsync(Delivery? delivery, IResultBackend results, TaskResult? result, OutgoingMessage next, CancellationToken cancellationToken)
    {
        var holder = _holder;
        if (results is not RedisResultBackend store || _link.Current is not { } session || !holder.IsOpen || !holder.IsCurrent) return false;
        var own = delivery as RedisDelivery;
        if (own is not null && own.Holder != holder) return false;
        if (Encode(next) is not { } push) return false;
        var queue = push.Route.RoutingKey;

        // With anything else to do the message goes to the queue, where an idle worker may be waiting for it.
        if (!_settings.HasPrefetchPerQueue && holder.Count <= 1 && _plan.Has(queue) && TryBeginRelay())
        {
            try
            {
                return await RelayAsync(session, holder, own, store, result, push, takes: true).ConfigureAwait(false);
            }
            finally
            {
                EndRelay();
            }
        }

        return await RelayAsync(session, holder, own, store, result, push, takes: false).ConfigureAwait(false);
    }

    // What stops the consumer waits for those that began before, so that what they take is given back with the rest.
    private bool TryBeginRelay()
    {
        lock (_gate)
        {
            if (_isStopped) return false;
            _relays++;
            return true;
        }
    }

    private void EndRelay()
    {
        lock (_gate)
        {
            if (--_relays > 0) return;
        }

        _relayed.TrySetResult();
    }

    private async ValueTask<bool> RelayAsync(RedisSession session, Holder holder, RedisDelivery? own, RedisResultBackend store, TaskResult? result, Push push, bool takes)
    {
        var number = takes ? holder.Reserve(1) : 0;
        try
        {
            var (keys, arguments) = RelayCall(store, result, push, own, takes ? holder : null, number);
            var answer = await session.EvaluateAsync(RedisScript.Relay, keys, arguments, CancellationToken.None).ConfigureAwait(false);
            if (own is not null && holder.Remove(own)) Freed(); // before its successor asks whether there is anything else
            if (takes && (int)answer == Taken)
            {
                NoteDelivery();
                Deliver(RedisDelivery.Taken(push.Envelope, push.Route.RoutingKey, holder, number, _keys, _wire));
            }

            if (takes) holder.Release(1);
            return true;
        }
        catch (RedisServerException)
        {
            if (takes) holder.Release(1); // nothing is written before what is refused; the two steps will tell what it is
            return false;
        }
        catch (Exception error)
        {
            Log.RelayLost(_logger, CeleryNet.Diagnostics.Printable.Limit(push.Id), RedisFailure.Describe(error));
            if (!takes) return false;
            Doubt(holder, number, 1);
            holder.Release(1);
            return false;
        }
    }

    private (RedisKey[] Keys, RedisValue[] Arguments) RelayCall(RedisResultBackend store, TaskResult? result, in Push push, RedisDelivery? own, Holder? taker, long number)
    {
        var queue = push.Route.RoutingKey;
        var steps = _keys.Steps;
        var keys = new RedisKey[4 + steps.Count];
        (keys[0], keys[1], keys[2]) = (_keys.Unacked, _keys.UnackedIndex, _keys.Holders);
        RedisKey list = _keys.List(queue, push.Step);
        keys[4] = list;
        var other = 5;
        foreach (var step in steps)
        {
            if (step != push.Step) keys[other++] = _keys.List(queue, step);
        }

        RedisValue document = "";
        if (result is null) keys[3] = list; // not read
        else (keys[3], document) = store.Document(result);
        RedisValue[] arguments =
        [
            document, store.Seconds, push.Envelope, own?.Tag ?? "",
            taker?.Id ?? "", taker?.Epoch.ToString(CultureInfo.InvariantCulture) ?? "", taker?.Tag(number) ?? "", taker is null ? "" : _plan.SuffixOf(queue),
        ];
        return (keys, arguments);
    }
}
