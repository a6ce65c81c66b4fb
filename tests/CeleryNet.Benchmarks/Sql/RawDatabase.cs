using System.Data.Common;
using CeleryNet.Sql;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace CeleryNet.Benchmarks.Sql;

/// <summary>A database of the baseline's own, with CeleryNet's tables and the statements that it sends, over plain ADO.NET.</summary>
internal sealed class RawDatabase
{
    internal const string Queue = "bench.raw";

    /// <summary>As many as CeleryNet claims at once in its default settings.</summary>
    internal const int ClaimBatch = 100;

    private const string Schema = "bench_raw";
    private const string Lifetime = "86400000";

    private readonly Func<DbConnection> _create;

    private RawDatabase(Func<DbConnection> create, string product, string prefix, string now) => (_create, Product, Prefix, Now, Insert, Acknowledge, Store) = (
        create,
        product,
        prefix,
        now,
        $"""
        insert into {prefix}message (queue, priority, due, expires, content)
        select name, @priority, case when cast(@due as bigint) > {now} + 5000 then cast(@due as bigint) end, {now} + cast(@ttl as bigint), @content from {prefix}queue where name = @queue
        """,
        $"delete from {prefix}message where id {(IsArrays(prefix) ? "= any(@ids)" : "in (select value from json_each(@ids))")} and consumer = @consumer",
        $"""
        insert into {prefix}result as stored (task_id, state, version, expires, document) values (@task_id, 'SUCCESS', {now}, {now} + {Lifetime}, @document)
        on conflict (task_id) do update set state = excluded.state, version = case when excluded.version > stored.version then excluded.version else stored.version + 1 end,
        expires = excluded.expires, document = excluded.document where stored.state <> 'SUCCESS'
        """);

    internal string Product { get; }

    /// <summary>What stands before the name of a table.</summary>
    internal string Prefix { get; }

    /// <summary>The database's clock.</summary>
    private string Now { get; }

    internal string Insert { get; }

    /// <summary>PostgreSQL: many in one statement.</summary>
    internal string InsertMany => $"""
        insert into {Prefix}message (queue, priority, due, expires, content)
        select q.name, m.priority, case when m.due > {Now} + 5000 then m.due end, {Now} + m.ttl, m.content
        from unnest(@queues, @priorities, @dues, @ttls, @contents) with ordinality as m(queue, priority, due, ttl, content, place) join {Prefix}queue q on q.name = m.queue
        order by m.place
        """;

    internal string Acknowledge { get; }

    internal string Store { get; }

    /// <summary>PostgreSQL: many in one statement.</summary>
    internal string StoreMany => $"""
        insert into {Prefix}result as stored (task_id, state, version, expires, document)
        select one.task_id, one.state, {Now}, {Now} + {Lifetime}, one.document from unnest(@task_ids, @states, @documents) as one(task_id, state, document) order by one.task_id
        on conflict (task_id) do update set state = excluded.state, version = case when excluded.version > stored.version then excluded.version else stored.version + 1 end,
        expires = excluded.expires, document = excluded.document where stored.state <> 'SUCCESS' returning task_id
        """;

    /// <summary>True on PostgreSQL: a list can be an argument, several connections can write, and listeners are told by a statement.</summary>
    internal bool IsServer => IsArrays(Prefix);

    internal string Claim => IsServer
        ? $"""
        with session as (select id from {Prefix}consumer where id = @consumer for key share),
        chosen as (
          select candidate.id from session, unnest(@queues, @limits) with ordinality as wanted(queue, most, place),
          lateral (
            select m.id from {Prefix}message m where m.queue = wanted.queue and m.consumer is null and m.due is null order by m.priority desc, m.id limit wanted.most for update skip locked
          ) candidate limit @limit
        )
        update {Prefix}message m set consumer = @consumer, deliveries = m.deliveries + 1 from chosen where m.id = chosen.id
        returning m.id, m.queue, m.priority, m.deliveries, coalesce(m.expires <= (extract(epoch from clock_timestamp()) * 1000)::bigint, false)::int, m.content
        """
        : $"""
        update {Prefix}message set consumer = @consumer, deliveries = deliveries + 1
        where id in (select id from {Prefix}message where queue = @queue and consumer is null and due is null order by priority desc, id limit @limit)
          and exists (select 1 from {Prefix}consumer where id = @consumer)
        returning id, queue, priority, deliveries, coalesce(expires <= cast(unixepoch('subsec') * 1000 as integer), 0), content
        """;

    /// <summary>Opens the database of a kind, with empty tables.</summary>
    internal static async Task<RawDatabase> OpenAsync(bool isServer)
    {
        if (!isServer)
        {
            var file = DatabaseFiles.New("raw");
            var sqlite = new RawDatabase(() => SqliteRows.Connect(file), "Microsoft.Data.Sqlite", "celerynet_", "cast(unixepoch('subsec') * 1000 as integer)");
            await sqlite.PrepareAsync(SqlSchema.Sqlite()).ConfigureAwait(false);
            return sqlite;
        }

        var postgres = new RawDatabase(() => new NpgsqlConnection(PostgresRows.ConnectionString), "Npgsql", $"{Schema}.", "(extract(epoch from clock_timestamp()) * 1000)::bigint");
        await postgres.PrepareAsync($"drop schema if exists {Schema} cascade; {SqlSchema.Postgres(Schema)}").ConfigureAwait(false);
        return postgres;
    }

    internal async Task<RawSession> ConnectAsync()
    {
        var connection = _create();
        if (connection.State != System.Data.ConnectionState.Open) await connection.OpenAsync().ConfigureAwait(false);
        return new RawSession(this, connection);
    }

    /// <summary>Rows over a connection of their own, to fill and empty the table.</summary>
    internal IMessageRows Rows() => IsServer ? new PostgresRows(Schema) : new SqliteRows((SqliteConnection)_create());

    private static bool IsArrays(string prefix) => prefix.EndsWith('.');

    private async Task PrepareAsync(string script)
    {
        using var session = await ConnectAsync().ConfigureAwait(false);
        await session.RunAsync(script).ConfigureAwait(false);
        await session.RunAsync($"insert into {Prefix}queue (name, definition) values ('{Queue}', '')").ConfigureAwait(false);
    }
}
