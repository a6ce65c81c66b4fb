using CeleryNet.Brokers;
using CeleryNet.Serialization;
using CeleryNet.Sql.Consuming;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Diagnostics;
using CeleryNet.Sql.Publishing;
using CeleryNet.Sql.Scheduling;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Sql.Outbox;

/// <summary>
/// Sends what is in the outbox, oldest first, and removes what the broker has taken. One of all hosts does so at a time, under a lease; when it dies in between, the next one sends what is still there,
/// some of it perhaps again.
/// </summary>
internal sealed class OutboxRelay(SqlOutbox outbox, IBroker broker, WireOptions wire, ILogger logger) : BackgroundService
{
    private const string LeaseName = "celerynet.outbox";
    private const int MostAtOnce = 500;

    private readonly AsyncSignal _wake = new();
    private readonly SqlDatabase _database = outbox.Database;
    private LeaderTerm? _term;
    private long _renewed;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var listening = _database.Listen(topic =>
        {
            if (topic is null or Topic.Outbox) _wake.Set();
        });
        var backoff = new Backoff(Random.Shared);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await LeadAsync(stoppingToken).ConfigureAwait(false) || await SendAsync(stoppingToken).ConfigureAwait(false) == 0)
                    await _wake.WaitAsync(_database.Options.LeaseDuration / 3, _database.Time, stoppingToken).ConfigureAwait(false);
                backoff.Reset();
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                var delay = backoff.Next();
                Log.RelayFailed(logger, outbox.Address, (error as PublishException)?.TaskIds.Count ?? 0, broker.Address, delay.TotalSeconds, error.Message);
                await Task.Delay(delay, _database.Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await ReleaseAsync().ConfigureAwait(false);
    }

    private async Task<bool> LeadAsync(CancellationToken stopping)
    {
        var started = _database.Time.GetTimestamp();
        if (_term is { } term)
        {
            if (_database.Time.GetElapsedTime(_renewed) < term.Duration / 3) return true;
            if (await _database.WriteAsync(session => LeaseTable.RenewAsync(session, term), _database.Options.CommandTimeout, stopping).ConfigureAwait(false))
            {
                _renewed = started;
                return true;
            }
        }

        _term = await _database.WriteAsync(session => LeaseTable.AcquireAsync(session, LeaseName, Environment.MachineName, _database.Options.LeaseDuration), _database.Options.CommandTimeout, stopping).ConfigureAwait(false);
        _renewed = started;
        if (_term is not null) Log.RelayLeads(logger, outbox.Address, broker.Address);
        return _term is not null;
    }

    /// <returns>How many were sent.</returns>
    private async Task<int> SendAsync(CancellationToken stopping)
    {
        var rows = await _database.ReadAsync(session => OutboxTable.ReadAsync(session, MostAtOnce, wire), _database.Options.CommandTimeout, stopping).ConfigureAwait(false);
        if (rows.Count == 0) return 0;
        var sent = new List<long>(rows.Count);
        PublishException? failure = null;
        // A queue whose message was refused waits with all that follows; the others go on.
        foreach (var queue in rows.GroupBy(static row => (row.Sent.Route.Exchange, row.Sent.Route.RoutingKey)))
        {
            try
            {
                await broker.PublishManyAsync([.. queue.Select(static row => row.Sent)], stopping).ConfigureAwait(false);
                sent.AddRange(queue.Select(static row => row.Id));
            }
            catch (PublishException error)
            {
                var refused = error.TaskIds.ToHashSet();
                sent.AddRange(queue.Where(row => !refused.Contains(row.Sent.Message.Id ?? "")).Select(static row => row.Id));
                failure = error;
            }
        }

        if (sent.Count > 0) await _database.WriteAsync(session => session.ExecuteAsync("outbox-remove", ("ids", sent.ToArray())), _database.Options.LeaseDuration, stopping).ConfigureAwait(false);
        return failure is null ? sent.Count : throw failure;
    }

    // So that another host goes on at once.
    private async Task ReleaseAsync()
    {
        if (_term is not { } term) return;
        try
        {
            await _database.WriteAsync(session => LeaseTable.ReleaseAsync(session, term), _database.Options.CommandTimeout, CancellationToken.None).ConfigureAwait(false);
        }
        catch (DatabaseException error)
        {
            Log.RoundFailed(logger, nameof(OutboxRelay), error.Message);
        }
    }
}
