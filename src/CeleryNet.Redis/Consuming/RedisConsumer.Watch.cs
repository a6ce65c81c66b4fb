using CeleryNet.Redis.Connections;
using StackExchange.Redis;

namespace CeleryNet.Redis.Consuming;

/// <content>
/// An idle consumer's take waits at the server, behind the peek that waits for the push: the message comes with the answer that wakes, and not after a second question. It brings what there is room for
/// when it is sent; should there be less room when it is answered, the rest goes back. A consumer of several queues is woken and asks then, so that messages of a queue do not overtake each other on
/// two connections.
/// </content>
internal sealed partial class RedisConsumer
{
    private FollowingTake? Follow(RedisSession session)
    {
        var holder = _holder;
        var count = Math.Min(_prefetch - holder.Count, _options.MaxBatch);
        if (count < 1 || _settings.HasPrefetchPerQueue || Volatile.Read(ref _watches).Length != 1 || holder is not { IsOpen: true, IsCurrent: true, HasDoubts: false }) return null;
        var epoch = holder.Epoch;
        var first = holder.Number(count);
        var (keys, arguments, queues) = _plan.Next(holder, first, count);
        return new FollowingTake(
            PeekSocket.Command(session.Variant(RedisScript.Take), keys, arguments),
            answer => answer is null ? EndRefused(holder, epoch) : EndFollowing(holder, first, count, queues, answer),
            () => Doubt(holder, first, count));
    }

    // The holder may have been opened anew while the take waited; only a take of the present epoch tells that it is not known any more.
    private bool EndRefused(Holder holder, int epoch)
    {
        if (holder.Epoch == epoch) Lose(holder);
        return true;
    }

    // False when all was taken that was there: then the watcher goes on waiting, and nobody else has to look.
    private bool EndFollowing(Holder holder, long first, int count, string[] queues, RedisValue[] answer)
    {
        var taken = 0;
        foreach (var delivery in Read(holder, first, queues, answer))
        {
            taken++;
            Deliver(delivery, most: _prefetch);
        }

        return taken == count;
    }
}
