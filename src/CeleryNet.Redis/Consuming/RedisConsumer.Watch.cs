using CeleryNet.Redis.Connections;
using StackExchange.Redis;

namespace CeleryNet.Redis.Consuming;

/// <content>
/// An idle consumer's take waits at the server, behind the peek that waits for the push: the message comes with the answer that wakes, and not after a second question. It brings what there is room for
/// when it is sent; should there be less room when it is answered, the rest goes back. While it is under way nobody else takes from its list, so that on two connections no message overtakes another.
/// A consumer of several queues is woken and asks then.
/// </content>
internal sealed partial class RedisConsumer
{
    private bool _isFollowing; // under the gate

    private bool HasFollowing()
    {
        lock (_gate) return _isFollowing;
    }

    private FollowingTake? Follow(RedisSession session)
    {
        var holder = _holder;
        var count = Math.Min(_prefetch - holder.Count, _options.MaxBatch);
        if (count < 1 || _settings.HasPrefetchPerQueue || Volatile.Read(ref _watches).Length != 1 || holder is not { IsOpen: true, IsCurrent: true, HasDoubts: false }) return null;
        lock (_gate)
        {
            if (!_isIdle) return null; // the loop that takes has gone on, and may have asked already
            _isFollowing = true;
        }

        var epoch = holder.Epoch;
        var first = holder.Number(count);
        var (keys, arguments, queues) = _plan.Next(holder, first, count, scope: TakeScope.Watched);
        return new FollowingTake(
            PeekSocket.Command(session.Variant(RedisScript.Take), keys, arguments),
            answer => EndFollowing(holder, epoch, first, count, queues, answer),
            () =>
            {
                Followed();
                Doubt(holder, first, count);
            });
    }

    private void Followed()
    {
        lock (_gate) _isFollowing = false;
    }

    // False when all was taken that was there: then the watcher goes on waiting, and nobody else has to look.
    private bool EndFollowing(Holder holder, int epoch, long first, int count, string[] queues, RedisValue[]? answer)
    {
        try
        {
            var taken = 0;
            foreach (var delivery in Read(holder, first, queues, answer ?? []))
            {
                taken++;
                Deliver(delivery, most: _prefetch);
            }

            // The holder may have been opened anew while the take waited: only a refused take of the present epoch tells that it is not known any more.
            if (answer is null && holder.Epoch == epoch) Lose(holder);
            return answer is null || taken == count;
        }
        finally
        {
            Followed();
        }
    }
}
