using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Serialization;
using CeleryNet.Sql.Consuming;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Publishing;
using Microsoft.Extensions.Logging;
using Log = CeleryNet.Sql.Diagnostics.Log;

namespace CeleryNet.Sql.Broadcasting;

/// <summary>Reads what is sent to one exchange, and calls one receiver. Nothing that arrives, and nothing that the receiver does, ends the listening.</summary>
internal sealed class BroadcastListener : IAsyncDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private readonly string _id = Guid.NewGuid().ToString("n");
    private readonly AsyncSignal _wake = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly AsyncLocal<bool> _isCalling = new(); // flows into the receiver's call and what it awaits
    private readonly SqlDatabase _database;
    private readonly BroadcastQueue _queue;
    private readonly Func<Broadcast, CancellationToken, ValueTask> _receive;
    private readonly WireOptions _wire;
    private readonly ILogger _logger;
    private readonly Action<BroadcastListener> _disposed;
    private IDisposable? _listening;
    private Task _loop = Task.CompletedTask;
    private long _last;
    private long _renewed;
    private int _isDisposed;

    internal BroadcastListener(
        SqlDatabase database, BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive, WireOptions wire, ILogger logger, Action<BroadcastListener> disposed)
    {
        _database = database;
        _queue = queue;
        _receive = receive;
        _wire = wire;
        _logger = logger;
        _disposed = disposed;
    }

    /// <summary>Begins; what is sent from now on is heard.</summary>
    /// <exception cref="DatabaseException">The database did not answer within the limit.</exception>
    internal async Task StartAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        _listening = _database.Listen(Heard);
        _last = await _database.WriteAsync(
            async session =>
            {
                await RenewAsync(session).ConfigureAwait(false);
                return await session.ScalarAsync<long>("last-broadcast", ("exchange", _queue.Exchange.Name)).ConfigureAwait(false);
            },
            limit,
            cancellationToken).ConfigureAwait(false);
        _renewed = _database.Time.GetTimestamp();
        await _database.ListeningAsync(limit, cancellationToken).ConfigureAwait(false);
        _loop = RunAsync(_stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _disposed(this);
        _listening?.Dispose();
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (!_isCalling.Value) await _loop.ConfigureAwait(false); // who waits for the end inside the call waits for ever
        try
        {
            await _database.WriteAsync(session => session.ExecuteAsync("stop-listening", ("id", _id)), _database.Options.CommandTimeout, CancellationToken.None).ConfigureAwait(false);
        }
        catch (DatabaseException error)
        {
            Log.RoundFailed(_logger, nameof(BroadcastListener), error.Message); // its time ends by itself
        }
    }

    private void Heard(string? topic)
    {
        if (topic is null || (topic[0] == Topic.Broadcast && topic.AsSpan(1).SequenceEqual(_queue.Exchange.Name))) _wake.Set();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (_database.Time.GetElapsedTime(_renewed) > Lease / 3)
                {
                    await _database.WriteAsync(RenewAsync, _database.Options.CommandTimeout, stopping).ConfigureAwait(false);
                    _renewed = _database.Time.GetTimestamp();
                }

                if (!await ReadAsync(stopping).ConfigureAwait(false)) await _wake.WaitAsync(Lease / 3, _database.Time, stopping).ConfigureAwait(false);
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.RoundFailed(_logger, nameof(BroadcastListener), error.Message);
                await Task.Delay(TimeSpan.FromSeconds(0.5), _database.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <returns>True when there may be more.</returns>
    private async Task<bool> ReadAsync(CancellationToken stopping)
    {
        var rows = await _database.ReadAsync(
            session => session.QueryAsync("broadcasts", static row => (Id: row.GetInt64(0), Key: row.GetString(1), Content: (byte[])row[2]), ("exchange", _queue.Exchange.Name), ("last", _last)),
            _database.Options.CommandTimeout,
            stopping).ConfigureAwait(false);
        foreach (var (id, key, content) in rows)
        {
            if (stopping.IsCancellationRequested) return false;
            _last = id;
            if (Binding.Fits(_queue.Exchange.Type, _queue.RoutingKey, key)) await CallAsync(content, stopping).ConfigureAwait(false);
        }

        return rows.Count > 0;
    }

    private async Task CallAsync(byte[] content, CancellationToken stopping)
    {
        try
        {
            var plain = PlainEnvelope.Read(content, _wire);
            var message = new Broadcast
            {
                Exchange = _queue.Exchange,
                RoutingKey = plain.RoutingKey,
                Headers = plain.Headers,
                ContentType = plain.ContentType,
                ContentEncoding = plain.ContentEncoding,
                Body = plain.Body,
            };
            _isCalling.Value = true;
            await _receive(message, stopping).ConfigureAwait(false);
        }
        catch (MessageFormatException error)
        {
            Log.BroadcastUnreadable(_logger, Printable.Limit(_queue.Name), error.Reason);
        }
        catch (Exception error) when (!stopping.IsCancellationRequested)
        {
            Log.ListenerFailed(_logger, Printable.Limit(_queue.Name), error);
        }
        catch (OperationCanceledException)
        {
            // it stops
        }
    }

    private async ValueTask<bool> RenewAsync(SqlSession session) =>
        await session.ExecuteAsync("listen", ("id", _id), ("exchange", _queue.Exchange.Name), ("routing_key", _queue.RoutingKey), ("lease", (long)Lease.TotalMilliseconds)).ConfigureAwait(false) > 0;
}
