namespace CeleryNet.Sql.Tests.Statements;

public sealed class SqliteStatementTests : StatementCountContract, IDisposable
{
    private readonly SqliteFolder _folder = new();
    private readonly SqliteStatementLog _log;

    public SqliteStatementTests() => _log = new SqliteStatementLog(_folder.File);

    protected override IReadOnlyCollection<string> Statements => _log.Statements;

    protected override void Use(TaskQueueBuilder queue, bool withResults)
    {
        queue.UseSqlite(_folder.File);
        if (withResults) queue.UseSqliteResults(_folder.File);
    }

    // On connections that count too; asked some hundred times at most.
    protected override Task<long> MessagesAsync() => Task.FromResult(_folder.Scalar<long>("select count(*) from celerynet_message"));

    protected override Task<long> ResultsAsync() => Task.FromResult(_folder.Scalar<long>("select count(*) from celerynet_result"));

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }
}
