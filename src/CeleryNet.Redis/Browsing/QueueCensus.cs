using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Layout;
using StackExchange.Redis;

namespace CeleryNet.Redis.Browsing;

/// <summary>Counts what is where, and finds the queues by their bindings. It looks at all that workers hold, of any queue, so its cost grows with that.</summary>
internal sealed class QueueCensus(RedisKeys keys, UnackedStore store)
{
    private const int PageSize = 500; // entries that one call looks at: a millisecond or two of the server's time

    private static readonly string[] NoTaskQueues = ["celery.pidbox", "reply.celery.pidbox", "celeryev"];

    internal async Task<QueueCounts> CountAsync(RedisSession session, string queue, CancellationToken cancellationToken)
    {
        var ready = 0L;
        foreach (var list in keys.Lists(queue)) ready += await session.AwaitAsync(session.Database.ListLengthAsync(list), cancellationToken).ConfigureAwait(false);
        var held = await CountHeldAsync(session, queue, cancellationToken).ConfigureAwait(false);
        return new QueueCounts(ready, held, await CountParkedAsync(session, queue, cancellationToken).ConfigureAwait(false));
    }

    internal async Task<IReadOnlyCollection<string>> ListAsync(RedisSession session, CancellationToken cancellationToken)
    {
        var queues = new HashSet<string>();
        var cursor = "0";
        do
        {
            var page = (RedisResult[]?)await session.ExecuteAsync("SCAN", [cursor, "MATCH", keys.AllBindings, "COUNT", PageSize], cancellationToken).ConfigureAwait(false) ?? [];
            cursor = (string?)page[0] ?? "0";
            foreach (var set in (RedisKey[]?)page[1] ?? []) await AddBoundAsync(session, set, queues, cancellationToken).ConfigureAwait(false);
        }
        while (cursor != "0");
        return queues;
    }

    private async Task AddBoundAsync(RedisSession session, RedisKey set, HashSet<string> queues, CancellationToken cancellationToken)
    {
        if (NoTaskQueues.Any(exchange => keys.Bindings(exchange) == set)) return;
        foreach (var member in await session.AwaitAsync(session.Database.SetMembersAsync(set), cancellationToken).ConfigureAwait(false))
        {
            if (Binding.Read(member.ToString(), keys.Separator) is { Queue.Length: > 0 } binding) queues.Add(binding.Queue);
        }
    }

    // Entries say by which exchange and key they are restored; C# workers write the queue itself, Python's what the message was published with.
    private async Task<long> CountHeldAsync(RedisSession session, string queue, CancellationToken cancellationToken)
    {
        var byEnding = new Dictionary<string, long>();
        var cursor = "0";
        do
        {
            var page = (RedisResult[]?)await session.EvaluateAsync(RedisScript.Held, [keys.Unacked], [cursor, PageSize, RedisKeys.ParkedTagPrefix], cancellationToken).ConfigureAwait(false) ?? [];
            cursor = (string?)page[0] ?? "0";
            for (var i = 1; i + 1 < page.Length; i += 2)
            {
                var ending = (string?)page[i] ?? "";
                byEnding[ending] = byEnding.GetValueOrDefault(ending) + (long)page[i + 1];
            }
        }
        while (cursor != "0");

        var held = 0L;
        foreach (var (ending, count) in byEnding)
        {
            if (Address(ending) is not var (exchange, key)) continue;
            var queues = await store.ResolveAsync(session, exchange, key, isFanout: false, cancellationToken).ConfigureAwait(false);
            if (queues.Contains(queue) || (queues.Count == 0 && key == queue)) held += count; // without a binding it would go back there
        }

        return held;
    }

    private async Task<long> CountParkedAsync(RedisSession session, string queue, CancellationToken cancellationToken)
    {
        var parked = 0L;
        var cursor = "0";
        do
        {
            RedisValue[] arguments = [cursor, PageSize, RedisKeys.ParkedTagPrefix, queue];
            var page = (RedisResult[]?)await session.EvaluateAsync(RedisScript.Parked, [keys.Parked], arguments, cancellationToken).ConfigureAwait(false) ?? [];
            cursor = (string?)page[0] ?? "0";
            parked += (long)page[1];
        }
        while (cursor != "0");
        return parked;
    }

    // Such as ,"","celery" with or without blanks; null for the anonymous exchange, as kombu reads it. What is not of this form belongs to nobody.
    private static (string Exchange, string RoutingKey)? Address(string ending)
    {
        try
        {
            using var parts = JsonDocument.Parse($"[0{ending}]");
            return parts.RootElement.GetArrayLength() == 3 ? (Text(parts.RootElement[1]), Text(parts.RootElement[2])) : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.Null ? "" : value.GetString() ?? "";
}
