using CeleryNet.Benchmarks.Tasks;
using StackExchange.Redis;

namespace CeleryNet.Benchmarks.Redis;

internal sealed class RedisQueueControl : IQueueControl
{
    private readonly ConnectionMultiplexer _connection;
    private readonly IDatabase _database;

    private RedisQueueControl(ConnectionMultiplexer connection) => (_connection, _database) = (connection, connection.GetDatabase());

    internal static async Task<RedisQueueControl> OpenAsync() => new(await RawRedis.OpenAsync().ConfigureAwait(false));

    public Task FillAsync(int count, CancellationToken deadline) => RedisQueue.FillAsync(_database, TaskHost.Queue, count, deadline);

    public async Task<int> CountAsync(CancellationToken deadline) => (int)await _database.ListLengthAsync(TaskHost.Queue).WaitAsync(deadline).ConfigureAwait(false);

    public async Task EmptyAsync(int expected, CancellationToken deadline)
    {
        var count = await _database.ListLengthAsync(TaskHost.Queue).WaitAsync(deadline).ConfigureAwait(false);
        var unacknowledged = await _database.HashLengthAsync("unacked").WaitAsync(deadline).ConfigureAwait(false);
        await _database.ExecuteAsync("FLUSHDB").WaitAsync(deadline).ConfigureAwait(false);
        if (count + unacknowledged != expected)
            throw new InvalidOperationException($"Queue '{TaskHost.Queue}' holds {count} messages and {unacknowledged} unacknowledged ones instead of {expected}.");
    }

    /// <summary>Empties the database, whatever is in it.</summary>
    public Task ClearAsync(CancellationToken deadline) => _database.ExecuteAsync("FLUSHDB").WaitAsync(deadline);

    public async Task SettledAsync(CancellationToken deadline)
    {
        while (await _database.HashLengthAsync("unacked").WaitAsync(deadline).ConfigureAwait(false) > 0) await Task.Delay(1, deadline).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await _connection.CloseAsync().ConfigureAwait(false);
}
