using Npgsql;

namespace CeleryNet.Sql.Tests.Statements;

public sealed class PostgresStatementTests(PostgresSchema schema) : StatementCountContract, IClassFixture<PostgresSchema>, IAsyncLifetime, IDisposable
{
    private readonly NpgsqlStatementLog _log = new();
    private readonly List<NpgsqlDataSource> _sources = [];
    private readonly string _name = schema.NewName();

    protected override IReadOnlyCollection<string> Statements => _log.Statements;

    protected override void Use(TaskQueueBuilder queue, bool withResults)
    {
        var source = new NpgsqlDataSourceBuilder(schema.ConnectionText).UseLoggerFactory(_log).Build();
        _sources.Add(source);
        queue.UsePostgres(source, options => options.Schema = _name);
        if (withResults) queue.UsePostgresResults(source, options => options.Schema = _name);
    }

    protected override Task<long> MessagesAsync() => schema.ScalarAsync<long>($"select count(*) from {_name}.message");

    protected override Task<long> ResultsAsync() => schema.ScalarAsync<long>($"select count(*) from {_name}.result");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var source in _sources) await source.DisposeAsync();
    }

    public void Dispose() => _log.Dispose();
}
