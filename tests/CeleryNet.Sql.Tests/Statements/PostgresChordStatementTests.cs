using CeleryNet.Results;
using Npgsql;

namespace CeleryNet.Sql.Tests.Statements;

/// <summary>Members of one chord that end at once wait for one row: they are counted together.</summary>
public sealed class PostgresChordStatementTests(PostgresSchema schema) : IClassFixture<PostgresSchema>
{
    private const int Members = 500;

    [SkippableFact]
    public async Task Count_OfManyMembersAtOnce_TakesLessThanAStatementEach()
    {
        using var log = new NpgsqlStatementLog();
        await using var source = new NpgsqlDataSourceBuilder(schema.ConnectionText).UseLoggerFactory(log).Build();
        await using var store = new SqlResultBackend(source, new SqlOptions { Schema = schema.Name });
        var chord = Guid.NewGuid().ToString();
        await store.SetSizeAsync(chord, Members, CancellationToken.None);
        var before = log.Statements.Count;

        var counts = await Task.WhenAll(Enumerable.Range(0, Members).Select(i => store.CountAsync(
            chord, i, new TaskResult { TaskId = $"{i}", State = TaskStates.Success, Value = "1"u8.ToArray() }, "run", 0, CancellationToken.None).AsTask()));

        counts.Select(count => count.Parts).OfType<IReadOnlyList<TaskResult>>().Should().ContainSingle().Which.Select(part => part.TaskId).Should().Equal(Enumerable.Range(0, Members).Select(i => $"{i}"));
        (log.Statements.Count - before).Should().BeInRange(Members / 100, Members);
    }
}
