namespace CeleryNet.Sql.Tests.Kombu;

public sealed class SqliteKombuTests : KombuContract, IDisposable
{
    private readonly SqliteFolder _folder = new();

    protected override string Url => $"{_folder.Url}?kombu=true";

    protected override string PythonUrl => $"sqla+{_folder.Url}";

    protected override string ResultUrl => $"db+{_folder.Url}";

    protected override Task<long> ScalarAsync(string sql) => Task.FromResult(_folder.Scalar<long>(sql));

    protected override Task<long> TablesAsync() => ScalarAsync("select count(*) from sqlite_master where type = 'table' and name in ('kombu_queue', 'kombu_message')");

    public void Dispose() => _folder.Dispose();
}
