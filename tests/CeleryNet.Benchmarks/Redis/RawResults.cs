using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace CeleryNet.Benchmarks.Redis;

/// <summary>Stores a result as Celery does, by hand: SET with expiry and PUBLISH, both in flight together, the first one awaited.</summary>
internal sealed class RawResults : IAsyncDisposable
{
    private static readonly TimeSpan Expiry = TimeSpan.FromDays(1);

    private readonly ConnectionMultiplexer _connection;
    private readonly IDatabase _database;

    private RawResults(ConnectionMultiplexer connection) => (_connection, _database) = (connection, connection.GetDatabase());

    internal static async Task<RawResults> OpenAsync() => new(await RawRedis.OpenAsync().ConfigureAwait(false));

    internal Task StoreAsync(string id)
    {
        var key = "celery-task-meta-" + id;
        var document = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"status":"SUCCESS","result":3,"traceback":null,"children":[],"date_done":"{{DateTime.UtcNow:yyyy-MM-dd'T'HH:mm:ss.ffffff}}","task_id":"{{id}}"}"""));
        var set = _database.StringSetAsync(key, document, Expiry);
        _database.Publish(RedisChannel.Literal(key), document, CommandFlags.FireAndForget);
        return set;
    }

    /// <summary>Empties the database: the next round begins as this one did.</summary>
    internal Task ClearAsync() => _database.ExecuteAsync("FLUSHDB");

    public async ValueTask DisposeAsync()
    {
        await ClearAsync().ConfigureAwait(false);
        await _connection.CloseAsync().ConfigureAwait(false);
    }
}
