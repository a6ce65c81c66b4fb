using System.Threading.Channels;
using CeleryNet.Diagnostics;
using CeleryNet.Redis.Connections;
using StackExchange.Redis;

namespace CeleryNet.Redis.Results;

/// <summary>
/// Writes results. Those that are stored at the same time travel together in one script call; several calls are under way at once, since the depth decides the rate.
/// </summary>
internal sealed class ResultWriter : IAsyncDisposable
{
    // Measured: 20 per call cost a third of the client's time of single calls; more gain nothing and make all wait for the longest.
    private const int MostPerCall = 20;
    private const int MostBytesPerCall = 256 * 1024;
    private const int MostInFlight = 8;

    private readonly Channel<PendingResult> _pending = Channel.CreateUnbounded<PendingResult>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _calls = new(MostInFlight, MostInFlight);
    private readonly RedisLink _link;
    private readonly RedisValue _seconds;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _disposing = new();
    private readonly Task _loop;

    internal ResultWriter(RedisLink link, TimeSpan? expiry, TimeProvider time)
    {
        _link = link;
        _time = time;
        _seconds = expiry is { } span && span > TimeSpan.Zero ? Math.Max(1, (long)span.TotalSeconds) : 0;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Seconds for which a result is kept, 0 for ever.</summary>
    internal RedisValue Seconds => _seconds;

    /// <summary>Stores a document under a key, and returns when Redis has it.</summary>
    /// <exception cref="BrokerUnavailableException">Redis did not take it in time, or refused it.</exception>
    internal ValueTask StoreAsync(RedisKey key, byte[] document, CancellationToken cancellationToken)
    {
        var pending = new PendingResult(key, document);
        ObjectDisposedException.ThrowIf(!_pending.Writer.TryWrite(pending), this);
        return pending.WaitAsync(cancellationToken);
    }

    private async Task RunAsync()
    {
        var calls = new HashSet<Task>();
        while (await _pending.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            await _calls.WaitAsync().ConfigureAwait(false);
            var batch = new List<PendingResult>();
            for (var bytes = 0; batch.Count < MostPerCall && bytes < MostBytesPerCall && _pending.Reader.TryRead(out var pending); bytes += pending.Document.Length) batch.Add(pending);
            calls.RemoveWhere(static call => call.IsCompleted);
            calls.Add(WriteAsync(batch));
        }

        await Task.WhenAll(calls).ConfigureAwait(false);
    }

    // Writing twice is harmless, so a lost connection is tried again while the time limit lasts.
    private async Task WriteAsync(List<PendingResult> batch)
    {
        var started = _time.GetTimestamp();
        try
        {
            while (true)
            {
                var left = _link.CommandTimeout - _time.GetElapsedTime(started);
                try
                {
                    await WriteOnceAsync(batch, left > TimeSpan.Zero ? left : TimeSpan.Zero).ConfigureAwait(false);
                    break;
                }
                catch (Exception error) when (RedisFailure.IsConnection(error) && error is not (BrokerUnavailableException or TimeoutException or ObjectDisposedException)
                    && _time.GetElapsedTime(started) < _link.CommandTimeout)
                {
                    // the next round connects anew
                }
            }

            foreach (var pending in batch) pending.Succeed();
        }
        catch (Exception error)
        {
            foreach (var pending in batch) pending.Fail(Failed(error));
        }
        finally
        {
            _calls.Release();
        }
    }

    private async Task WriteOnceAsync(List<PendingResult> batch, TimeSpan limit)
    {
        var session = await _link.GetAsync(limit, _disposing.Token).ConfigureAwait(false);
        var keys = new RedisKey[batch.Count];
        var values = new RedisValue[batch.Count + 1];
        values[0] = _seconds;
        for (var i = 0; i < batch.Count; i++)
        {
            keys[i] = batch[i].Key;
            values[i + 1] = batch[i].Document;
        }

        await session.EvaluateAsync(RedisScript.Store, keys, values, CancellationToken.None).ConfigureAwait(false);
    }

    private static Exception Failed(Exception error) => error as ObjectDisposedException ?? (Exception)new BrokerUnavailableException(
        ErrorCodes.ResultsUnavailable, $"A result was not stored in Redis: {RedisFailure.Describe(error)}. The caller may store it again; a repetition is harmless.", error);

    /// <summary>Writes what was handed over, as far as the server answers in time.</summary>
    public async ValueTask DisposeAsync()
    {
        _pending.Writer.TryComplete();
        await _loop.WaitAsync(_link.CommandTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _disposing.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _disposing.Dispose();
        _calls.Dispose();
    }

    private sealed class PendingResult(RedisKey key, byte[] document) : PendingAnswer
    {
        internal RedisKey Key => key;

        internal byte[] Document => document;
    }
}
