using CeleryNet.Brokers;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Diagnostics;
using CeleryNet.Sql.Publishing;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Sql.Consuming;

/// <summary>Writes how deliveries ended, in batches. What cannot be written stays and is tried again; a session that has ended meanwhile has nothing left to settle.</summary>
internal sealed class SettleLoop(SqlDatabase database, MessageWriter writer, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(0.5);

    private readonly Lock _lock = new();
    private readonly AsyncSignal _wake = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private List<Settled> _waiting = [];
    private Task _loop = Task.CompletedTask;

    internal void Start() => _loop = RunAsync(_stopping.Token);

    internal void Add(long consumer, long id, Settlement settlement, string queue)
    {
        lock (_lock) _waiting.Add(new Settled(consumer, id, settlement, queue));
        _wake.Set();
    }

    /// <summary>Writes what waits.</summary>
    /// <returns>False when it was not written and waits on.</returns>
    internal async Task<bool> FlushAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false); // one batch after the other, or a message could be settled before it is
        try
        {
            List<Settled> batch;
            lock (_lock)
            {
                if (_waiting.Count == 0) return true;
                (batch, _waiting) = (_waiting, []);
            }

            if (await WriteAsync(batch).ConfigureAwait(false)) return true;
            lock (_lock) _waiting = [.. batch, .. _waiting];
            return false;
        }
        finally
        {
            _writing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await FlushAsync(CancellationToken.None).ConfigureAwait(false);
        _stopping.Dispose();
        _writing.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await _wake.WaitAsync(null, database.Time, stopping).ConfigureAwait(false);
                if (database.Options.SettleDelay > TimeSpan.Zero) await Task.Delay(database.Options.SettleDelay, database.Time, stopping).ConfigureAwait(false);
                if (await FlushAsync(stopping).ConfigureAwait(false)) continue;
                await Task.Delay(RetryDelay, database.Time, stopping).ConfigureAwait(false);
                _wake.Set();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return; // the rest is written by whoever disposes
            }
        }
    }

    private async Task<bool> WriteAsync(List<Settled> batch)
    {
        try
        {
            return await database.WriteAsync(session => WriteAsync(session, batch), database.Options.LeaseDuration, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) // whatever it is: the loop goes on
        {
            Log.NotSettled(logger, database.Product, database.Address, batch.Count, error.Message);
            return false;
        }
    }

    private async ValueTask<bool> WriteAsync(SqlSession session, List<Settled> batch)
    {
        foreach (var group in batch.GroupBy(static settled => (settled.Consumer, settled.Settlement)))
        {
            var ids = group.Select(static settled => settled.Id).ToArray();
            var consumer = ("consumer", (object?)group.Key.Consumer);
            switch (group.Key.Settlement)
            {
                case Settlement.Acknowledge:
                    await session.ExecuteAsync("acknowledge", ("ids", ids), consumer).ConfigureAwait(false);
                    break;
                case Settlement.Requeue:
                    await session.ExecuteAsync("requeue", ("ids", ids), consumer).ConfigureAwait(false);
                    ConsumerSession.SignalReady(session, group.Select(static settled => settled.Queue).Distinct());
                    break;
                default:
                    var held = await session.QueryAsync("held", static row => row.GetInt64(0), ("ids", ids), consumer).ConfigureAwait(false);
                    await writer.BuryAsync(session, [.. held]).ConfigureAwait(false);
                    break;
            }
        }

        return true;
    }

    private readonly record struct Settled(long Consumer, long Id, Settlement Settlement, string Queue);
}
