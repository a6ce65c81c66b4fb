using Microsoft.EntityFrameworkCore;

namespace CeleryNet.Sql.Tests.EntityFramework;

/// <summary>Over one SQLite file.</summary>
public sealed class SqliteContextTests(SqliteFolder folder) : ContextContract, IClassFixture<SqliteFolder>
{
    private readonly string _file = Path.Combine(folder.Path, $"{Guid.NewGuid():n}.db");

    protected override void UseBroker(TaskQueueBuilder queue) => queue.UseSqlite(_file);

    protected override void UseDatabase(DbContextOptionsBuilder options) => options.UseSqlite($"Data Source={_file};Pooling=false");
}
