using CeleryNet.Diagnostics;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Diagnostics;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CeleryNet.Redis.Layout;

/// <summary>Returns messages from <c>unacked</c> to their lists.</summary>
internal sealed class UnackedStore(RedisKeys keys, ILogger logger)
{
    // Entries per round trip: enough to be quick, few enough that a batch of large ones is not too much at once.
    private const int Batch = 100;

    /// <summary>Returns the messages of the tags, where they are still there.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="tags">Tags in the order in which they are to be taken again.</param>
    /// <param name="toHead">True: taken next; false: taken last.</param>
    /// <param name="olderThan">Only those taken longer ago than this; <c>null</c> for all. Python uses a tag again, so the one found a moment ago may be a fresh one.</param>
    /// <param name="cancellationToken">Cancels between round trips.</param>
    /// <param name="isRedelivery">True: they get the marks of a redelivery, since they may have run.</param>
    /// <returns>How many were returned.</returns>
    internal async Task<int> ReturnAsync(
        RedisSession session, IReadOnlyList<string> tags, bool toHead, TimeSpan? olderThan, CancellationToken cancellationToken, bool isRedelivery = true)
    {
        var returned = 0;
        for (var done = 0; done < tags.Count;)
        {
            var count = Math.Min(Batch, tags.Count - done);

            // The end of a list is its head, so the last tags are pushed first.
            var batch = toHead
                ? Enumerable.Range(0, count).Select(i => tags[tags.Count - 1 - done - i]).ToArray()
                : Enumerable.Range(0, count).Select(i => tags[done + i]).ToArray();
            returned += await ReturnBatchAsync(session, batch, toHead, olderThan, isRedelivery, cancellationToken).ConfigureAwait(false);
            done += count;
        }

        return returned;
    }

    /// <summary>The queues that a message published with this exchange and key goes to.</summary>
    internal async Task<IReadOnlyList<string>> ResolveAsync(RedisSession session, string exchange, string routingKey, bool isFanout, CancellationToken cancellationToken)
    {
        if (exchange.Length == 0) return [routingKey];
        var members = await session.AwaitAsync(session.Database.SetMembersAsync(keys.Bindings(exchange)), cancellationToken).ConfigureAwait(false);
        var queues = new List<string>();
        foreach (var member in members)
        {
            if (Binding.Read(member.ToString(), keys.Separator) is { Queue.Length: > 0 } binding && binding.Fits(routingKey, isFanout) && !queues.Contains(binding.Queue))
                queues.Add(binding.Queue);
        }

        return queues;
    }

    /// <summary>Gives the tags the time of now, where they are still there.</summary>
    internal Task<RedisResult> RefreshAsync(RedisSession session, IEnumerable<string> tags, CancellationToken cancellationToken) =>
        session.EvaluateAsync(RedisScript.Refresh, [keys.UnackedIndex], [.. tags.Select(static tag => (RedisValue)tag)], cancellationToken);

    private async Task<int> ReturnBatchAsync(RedisSession session, string[] tags, bool toHead, TimeSpan? olderThan, bool isRedelivery, CancellationToken cancellationToken)
    {
        var fields = Array.ConvertAll(tags, static tag => (RedisValue)tag);
        var values = await session.AwaitAsync(session.Database.HashGetAsync(keys.Unacked, fields), cancellationToken).ConfigureAwait(false);
        var scriptKeys = new List<RedisKey> { keys.Unacked, keys.UnackedIndex, keys.Parked };
        var arguments = new List<RedisValue> { toHead ? "head" : "tail", olderThan?.TotalSeconds ?? 0 };
        var unreadable = new List<string>();
        for (var i = 0; i < tags.Length; i++)
        {
            byte[]? value = values[i];
            if (value is null)
            {
                // A tag in the index without a message is what a peer leaves that was killed in between; the script removes it, if it is still so.
                arguments.Add(tags[i]);
                arguments.Add("-");
                arguments.Add(0);
                continue;
            }

            if (UnackedEntry.Read(value) is not { } entry)
            {
                // Nobody can say where it belongs. It is kept, and looked at again when it is due next.
                Log.EntryUnreadable(logger, Printable.Limit((string?)keys.Unacked), value.Length, "it is not [envelope, exchange, routing key]");
                unreadable.Add(tags[i]);
                continue;
            }

            var (marked, priority) = Redelivered.Mark(entry.Envelope.Span);
            var envelope = isRedelivery ? marked : entry.Envelope.ToArray();
            var queues = await ResolveAsync(session, entry.Exchange, entry.RoutingKey, isFanout: false, cancellationToken).ConfigureAwait(false);
            if (queues.Count == 0) queues = [entry.RoutingKey]; // the binding is gone, and a message in the wrong list is better than none

            foreach (var queue in queues) scriptKeys.Add(keys.ListFor(queue, priority));
            arguments.Add(tags[i]);
            arguments.Add(envelope);
            arguments.Add(queues.Count);
        }

        if (unreadable.Count > 0) await RefreshAsync(session, unreadable, cancellationToken).ConfigureAwait(false);
        if (arguments.Count == 2) return 0;
        var moved = await session.EvaluateAsync(RedisScript.Return, [.. scriptKeys], [.. arguments], cancellationToken).ConfigureAwait(false);
        return (int)moved;
    }
}
