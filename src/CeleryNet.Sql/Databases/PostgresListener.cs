using CeleryNet.Brokers;
using CeleryNet.Sql.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CeleryNet.Sql.Databases;

/// <summary>Hears <c>NOTIFY</c> over a connection of its own, opened when somebody wants to hear something. It reconnects by itself and tells everybody to look, since what was said meanwhile is lost.</summary>
internal sealed class PostgresListener(NpgsqlDataSource source, string channel, SqlDatabase database, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Backoff _backoff = new(Random.Shared);
    private volatile Action<string?>[] _listeners = [];
    private TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously); // replaced when the connection is lost
    private Task? _loop;

    /// <summary>Ended while the connection listens.</summary>
    internal Task Listening => Volatile.Read(ref _listening).Task;

    internal IDisposable Add(Action<string?> heard)
    {
        lock (_lock)
        {
            _listeners = [.. _listeners, heard];
            _loop ??= RunAsync(_stopping.Token);
        }

        return new Registration(this, heard);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_loop is not null) await _loop.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stopping).ConfigureAwait(false);
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                if (_listening.Task.IsCompleted) Volatile.Write(ref _listening, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                var delay = _backoff.Next();
                Log.ListenerLost(logger, database.Product, database.Address, delay.TotalSeconds, database.Describe(error)?.Reason ?? error.Message);
                await Task.Delay(delay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ListenAsync(CancellationToken stopping)
    {
        var connection = await source.OpenConnectionAsync(stopping).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        connection.Notification += (_, notification) => Tell(notification.Payload);
        using (var command = connection.CreateCommand())
        {
            command.CommandText = $"listen \"{channel}\""; // checked: letters, digits and underscores
            await command.ExecuteNonQueryAsync(stopping).ConfigureAwait(false);
        }

        _backoff.Reset();
        _listening.TrySetResult();
        Tell(null); // what was said before is lost
        while (true) await connection.WaitAsync(stopping).ConfigureAwait(false);
    }

    private void Tell(string? topic)
    {
        foreach (var heard in _listeners) heard(topic);
    }

    private sealed class Registration(PostgresListener listener, Action<string?> heard) : IDisposable
    {
        public void Dispose()
        {
            lock (listener._lock)
            {
                var at = Array.IndexOf(listener._listeners, heard);
                if (at >= 0) listener._listeners = [.. listener._listeners[..at], .. listener._listeners[(at + 1)..]];
            }
        }
    }
}
