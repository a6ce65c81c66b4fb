using CeleryNet.Benchmarks.Harness;
using StackExchange.Redis;

namespace CeleryNet.Benchmarks.Redis;

/// <summary>StackExchange.Redis alone: LPUSH of ready envelopes, one by one with 1 000 in flight, or 50 in each command.</summary>
internal sealed class RawProduce : IContender
{
    internal const int InFlight = 1000;
    internal const int Batch = 50;

    private static readonly RedisKey Queue = "bench.raw.produce";

    private readonly ConnectionMultiplexer _connection;
    private readonly IDatabase _database;
    private readonly bool _isBulk;
    private readonly RedisValue[] _envelopes = [.. SampleMessages.Envelopes(InFlight, "bench.raw.produce").Select(envelope => (RedisValue)envelope)];

    private RawProduce(ConnectionMultiplexer connection, bool isBulk) => (_connection, _database, _isBulk) = (connection, connection.GetDatabase(), isBulk);

    public string Name => _isBulk ? "StackExchange.Redis, LPUSH of 50" : "StackExchange.Redis, LPUSH";

    internal static async Task<RawProduce> OpenAsync(bool isBulk) => new(await RawRedis.OpenAsync().ConfigureAwait(false), isBulk);

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var meter = Meter.Start();
        await (_isBulk ? PushBatchesAsync(operations, deadline) : PushSinglyAsync(operations, deadline)).ConfigureAwait(false);
        var sample = meter.Stop(operations);
        await _database.KeyDeleteAsync(Queue).ConfigureAwait(false);
        return sample;
    }

    public async ValueTask DisposeAsync() => await _connection.CloseAsync().ConfigureAwait(false);

    private async Task PushSinglyAsync(int operations, CancellationToken deadline)
    {
        var pending = new Task<long>[InFlight];
        for (var i = 0; i < operations; i++)
        {
            var slot = i % InFlight;
            if (pending[slot] is { } oldest) await oldest.WaitAsync(deadline).ConfigureAwait(false);
            pending[slot] = _database.ListLeftPushAsync(Queue, _envelopes[slot]);
        }

        await Task.WhenAll(pending.Where(task => task is not null)).WaitAsync(deadline).ConfigureAwait(false);
    }

    private async Task PushBatchesAsync(int operations, CancellationToken deadline)
    {
        var batches = _envelopes.Chunk(Batch).ToArray();
        var pending = new Queue<Task<long>>();
        for (var i = 0; i < operations / Batch; i++)
        {
            if (pending.Count == InFlight / Batch) await pending.Dequeue().WaitAsync(deadline).ConfigureAwait(false);
            pending.Enqueue(_database.ListLeftPushAsync(Queue, batches[i % batches.Length]));
        }

        await Task.WhenAll(pending).WaitAsync(deadline).ConfigureAwait(false);
    }
}
