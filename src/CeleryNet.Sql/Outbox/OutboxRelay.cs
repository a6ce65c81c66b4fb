using CeleryNet.Brokers;
using CeleryNet.Serialization;
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

    /// <summary>Makes the tables first: once the host has started, a transaction that is open does not keep them from being made.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _database.PrepareAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException error)
        {
            Log.RoundFailed(logger, nameof(OutboxRelay), error.Message); // it goes on trying
        }

        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

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
        var (count, blocked) = (0, new HashSet<string>());
        PublishException? failure = null;
        while (true)
        {
            var rows = await _database.ReadAsync(session => OutboxTable.ReadAsync(session, blocked, MostAtOnce, wire), _database.Options.CommandTimeout, stopping).ConfigureAwait(false);
            if (rows.Count == 0) return failure is null ? count : throw failure;
            // A queue whose message was refused waits with all that follows; the others go on.
            foreach (var lane in rows.GroupBy(static row => row.Lane))
            {
                if (!await LeadAsync(stopping).ConfigureAwait(false)) return count; // the broker kept it waiting for so long that another host has taken over
                var (sent, error) = await SendAsync([.. lane], stopping).ConfigureAwait(false);
                count += sent;
                if (error is null) continue;
                failure = error;
                blocked.Add(lane.Key);
            }
        }
    }

    private async Task<(int Sent, PublishException? Error)> SendAsync(List<OutboxRow> lane, CancellationToken stopping)
    {
        PublishException? failure = null;
        try
        {
            await PublishAsync(lane, stopping).ConfigureAwait(false);
        }
        catch (PublishException error)
        {
            failure = error;
        }

        var refused = failure?.TaskIds.ToHashSet();
        var sent = lane.Where(row => refused is null || !refused.Contains(row.Sent.Message.Id ?? "")).Select(static row => row.Id).ToArray();
        if (sent.Length > 0) await _database.WriteAsync(session => session.ExecuteAsync("outbox-remove", ("ids", sent)), _database.Options.LeaseDuration, stopping).ConfigureAwait(false);
        return (sent.Length, failure);
    }

    // The lease is renewed meanwhile, so that a broker that is slow does not make a second relay send the same.
    private async Task PublishAsync(List<OutboxRow> lane, CancellationToken stopping)
    {
        var publishing = broker.PublishManyAsync([.. lane.Select(static row => row.Sent)], stopping).AsTask();
        while (!publishing.IsCompleted)
        {
            try
            {
                await publishing.WaitAsync(_database.Options.LeaseDuration / 3, _database.Time, CancellationToken.None).ConfigureAwait(false);
            }
            catch (TimeoutException) when (!publishing.IsCompleted)
            {
                await RenewAsync(stopping).ConfigureAwait(false);
            }
        }

        await publishing.ConfigureAwait(false);
    }

    // What fails here is found out by the next LeadAsync.
    private async Task RenewAsync(CancellationToken stopping)
    {
        try
        {
            await LeadAsync(stopping).ConfigureAwait(false);
        }
        catch (DatabaseException error)
        {
            Log.RoundFailed(logger, nameof(OutboxRelay), error.Message);
        }
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
