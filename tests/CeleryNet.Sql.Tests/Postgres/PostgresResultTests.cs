using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Results;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>The promises of every result backend, kept on a real PostgreSQL.</summary>
public sealed class PostgresResultTests(PostgresSchema schema) : ResultBackendContract, IClassFixture<PostgresSchema>
{
    [SkippableFact]
    public async Task Expire_ResultThatIsStoredMeanwhile_LeavesIt()
    {
        await using var results = (SqlResultBackend)CreateBackend();
        var id = Guid.NewGuid().ToString();
        await results.GetAsync(id, CancellationToken.None).AsTask().Within(); // makes the tables, and begins no sweep of its own
        await schema.ExecuteAsync($"insert into {schema.Name}.result (task_id, state, version, expires, document) values ('{id}', 'STARTED', 1, 1, '')");
        await using var connection = await schema.Source.OpenConnectionAsync();
        await using var storing = await connection.BeginTransactionAsync();
        await using var store = connection.CreateCommand();
        store.CommandText = $"update {schema.Name}.result set expires = null where task_id = '{id}'";
        await store.ExecuteNonQueryAsync();

        var expiring = results.ExpireOnceAsync(CancellationToken.None);
        await Eventually.IsTrueAsync(async () => await schema.ScalarAsync<long>(
            $"select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like 'delete from \"{schema.Name}\".result %'") > 0);
        await storing.CommitAsync();
        await expiring.Within();

        (await schema.ScalarAsync<long>($"select count(*) from {schema.Name}.result where task_id = '{id}'")).Should().Be(1);
    }

    protected override IResultBackend CreateBackend() => new SqlResultBackend(ConnectionString.ParseAll(schema.Url)[0]);
}
