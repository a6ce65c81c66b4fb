using System.Collections.Concurrent;
using System.Globalization;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Sql.Databases;

namespace CeleryNet.Sql.Publishing;

/// <summary>The queues, exchanges and bindings in the database, as far as this process knows them. A queue stays as it was declared first, so what was read once is remembered. Thread-safe.</summary>
internal sealed class QueueTable
{
    private readonly ConcurrentDictionary<string, QueueDefinition> _declared = new();
    private readonly ConcurrentDictionary<string, int> _known = new(); // name to how many may wait

    /// <summary>True when this very declaration was made before.</summary>
    internal bool IsDeclared(QueueDefinition queue) => _declared.TryGetValue(queue.Name, out var known) && (ReferenceEquals(known, queue) || known.Equals(queue));

    /// <summary>Forgets what is remembered of a queue: it was not there.</summary>
    internal void Forget(string queue)
    {
        _declared.TryRemove(queue, out _);
        _known.TryRemove(queue, out _);
    }

    internal void Remember(QueueDefinition queue)
    {
        _declared[queue.Name] = queue;
        _known[queue.Name] = MaxLengthOf(queue) ?? int.MaxValue;
    }

    /// <summary>True when everything that the declaration wants is there already; changes nothing.</summary>
    /// <exception cref="TaskQueueConfigurationException">It is there in another form.</exception>
    internal static async ValueTask<bool> IsThereAsync(SqlSession session, QueueDefinition queue)
    {
        if (await IsSameAsync(session, queue).ConfigureAwait(false) is null) return false;
        if (await session.ScalarAsync<string>("exchange-of", ("name", queue.Exchange)).ConfigureAwait(false) is not { } type) return false;
        if (type != queue.ExchangeType) throw Mismatch($"exchange '{queue.Exchange}' exists with type {type} instead of {queue.ExchangeType}");
        return await session.ScalarAsync<string>("binding-of", ("exchange", queue.Exchange), ("routing_key", queue.RoutingKey), ("queue", queue.Name)).ConfigureAwait(false) is not null;
    }

    /// <summary>Makes what is missing.</summary>
    /// <exception cref="TaskQueueConfigurationException">It is there in another form.</exception>
    internal static async ValueTask DeclareAsync(SqlSession session, QueueDefinition queue)
    {
        await session.ExecuteAsync(
            "declare-queue",
            ("name", queue.Name),
            ("definition", QueueJson.WriteArguments(queue)),
            ("dead_exchange", queue.Arguments.GetValueOrDefault(QueueDefinition.DeadLetterExchange) as string),
            ("dead_key", queue.Arguments.GetValueOrDefault("x-dead-letter-routing-key") as string),
            ("max_length", MaxLengthOf(queue))).ConfigureAwait(false);
        await session.ExecuteAsync("declare-exchange", ("name", queue.Exchange), ("type", queue.ExchangeType)).ConfigureAwait(false);
        await session.ExecuteAsync("bind", ("exchange", queue.Exchange), ("routing_key", queue.RoutingKey), ("queue", queue.Name)).ConfigureAwait(false);
        await IsThereAsync(session, queue).ConfigureAwait(false); // what was there before may differ
    }

    /// <summary>The queues that a message goes to; empty when there is none.</summary>
    internal async ValueTask<IReadOnlyList<string>> FindAsync(SqlSession session, string exchange, string routingKey)
    {
        if (exchange.Length == 0) return await MaxLengthAsync(session, routingKey).ConfigureAwait(false) is null ? [] : [routingKey];
        var bindings = await session.QueryAsync("bindings", static row => (Type: row.GetString(0), Key: row.GetString(1), Queue: row.GetString(2)), ("exchange", exchange)).ConfigureAwait(false);
        return [.. bindings.Where(binding => Binding.Fits(binding.Type, binding.Key, routingKey)).Select(static binding => binding.Queue).Distinct()];
    }

    /// <summary>How many messages may wait in a queue; <c>null</c> when there is no such queue.</summary>
    internal async ValueTask<int?> MaxLengthAsync(SqlSession session, string queue)
    {
        if (_known.TryGetValue(queue, out var known)) return known;
        var rows = await session.QueryAsync("queue-of", static row => row.IsDBNull(1) ? int.MaxValue : row.GetInt32(1), ("name", queue)).ConfigureAwait(false);
        return rows.Count == 0 ? null : _known[queue] = rows[0];
    }

    private static async ValueTask<string?> IsSameAsync(SqlSession session, QueueDefinition queue)
    {
        var known = await session.ScalarAsync<string>("queue-of", ("name", queue.Name)).ConfigureAwait(false);
        return known is null || known == QueueJson.WriteArguments(queue) ? known : throw Mismatch($"queue '{queue.Name}' exists with other arguments");
    }

    private static int? MaxLengthOf(QueueDefinition queue) =>
        queue.Arguments.GetValueOrDefault(QueueDefinition.MaxLength) is { } length ? Convert.ToInt32(length, CultureInfo.InvariantCulture) : null;

    private static TaskQueueConfigurationException Mismatch(string problem) =>
        new(ErrorCodes.DeclarationMismatch, $"The database refused a declaration: {problem}. Declare it everywhere with the same arguments.");
}
