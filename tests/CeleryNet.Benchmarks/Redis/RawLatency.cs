using System.Diagnostics;
using System.Globalization;
using CeleryNet.Benchmarks.Harness;
using StackExchange.Redis;

namespace CeleryNet.Benchmarks.Redis;

/// <summary>StackExchange.Redis alone: from the LPUSH to the return of a BRPOP on a connection of its own.</summary>
internal sealed class RawLatency : IContender
{
    private const string Queue = "bench.raw.latency";

    private readonly ConnectionMultiplexer _sending;
    private readonly ConnectionMultiplexer _blocking;
    private readonly RedisValue _envelope = SampleMessages.Envelopes(1, Queue)[0];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private TaskCompletionSource<long> _arrived = new();

    private RawLatency(ConnectionMultiplexer sending, ConnectionMultiplexer blocking)
    {
        (_sending, _blocking) = (sending, blocking);
        _loop = PopAsync();
    }

    public string Name => "StackExchange.Redis, LPUSH to BRPOP";

    internal static async Task<RawLatency> OpenAsync() => new(await RawRedis.OpenAsync().ConfigureAwait(false), await RawRedis.OpenAsync().ConfigureAwait(false));

    public Task<Sample> RunAsync(int operations, CancellationToken deadline) => Pinger.RunAsync(operations, PingAsync, deadline);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await _sending.CloseAsync().ConfigureAwait(false);
        await _blocking.CloseAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task PopAsync()
    {
        var database = _blocking.GetDatabase();
        while (!_stop.IsCancellationRequested)
        {
            var popped = await database.ExecuteAsync("BRPOP", Queue, 1.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false);
            if (!popped.IsNull) _arrived.TrySetResult(Stopwatch.GetTimestamp());
        }
    }

    private async Task<long> PingAsync(CancellationToken deadline)
    {
        _arrived = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _sending.GetDatabase().ListLeftPushAsync(Queue, _envelope).WaitAsync(deadline).ConfigureAwait(false);
        return await _arrived.Task.ConfigureAwait(false);
    }
}
