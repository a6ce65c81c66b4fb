using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>Chords counted in a real PostgreSQL.</summary>
public sealed class PostgresChordStoreTests(PostgresSchema schema) : SqlChordStoreContract, IClassFixture<PostgresSchema>
{
    [SkippableFact]
    public async Task Expire_ChordOfWhichAMemberIsCountedMeanwhile_LeavesBoth()
    {
        await Store.GetGroupAsync(Group, CancellationToken.None).AsTask().Within(); // makes the tables, and begins no sweep of its own
        await schema.ExecuteAsync($"insert into {schema.Name}.chord (id, size, added, counted, expires) values ('{Group}', 2, 0, 0, 1)");
        await using var connection = await schema.Source.OpenConnectionAsync();
        await using var counting = await connection.BeginTransactionAsync();
        await using var count = connection.CreateCommand();
        count.CommandText = $"insert into {schema.Name}.chord_member (chord, task_id, is_added, part) values ('{Group}', 'a', 0, ''); update {schema.Name}.chord set counted = 1, expires = null where id = '{Group}'";
        await count.ExecuteNonQueryAsync();

        await ((SqlResultBackend)Store).ExpireOnceAsync(CancellationToken.None).Within();
        await counting.CommitAsync();

        (await RowsAsync()).Should().Be(2, "a member that stays without its chord is never removed");
    }

    protected override string Url => schema.Url;

    protected override Task<long> ScalarAsync(string sql) => schema.ScalarAsync<long>(sql.Replace("celerynet.", $"{schema.Name}.", StringComparison.Ordinal));
}
