using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Connections;

namespace CeleryNet.RabbitMQ.Leading;

/// <summary>The connections of this broker that lead or wait to, one for each name.</summary>
internal sealed class Leads(RabbitMQSettings settings, TimeProvider time, Microsoft.Extensions.Logging.ILogger logger) : IAsyncDisposable
{
    // The server gives a connection up two to three heartbeats after its last sign of life, which comes every half one: with a fifth of the duration within it, whatever the count.
    private const int HeartbeatsPerTerm = 5;

    private static readonly TimeSpan LongestKnock = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _turn = new(1, 1); // never disposed, a late caller may wait for it
    private readonly Dictionary<string, (LeadSession Session, LeaderTerm? Term)> _leads = [];
    private long _token;
    private bool _isDisposed;

    internal async Task<LeaderTerm?> AcquireAsync(string name, string holder, TimeSpan duration, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(RabbitMQBroker));
            if (_leads.TryGetValue(name, out var lead))
            {
                if (lead.Session.IsOpen && lead.Term is not null) return null; // another of this process leads
                if (!lead.Session.IsOpen) await EndAsync(name, lead.Session).ConfigureAwait(false);
            }

            if (!_leads.TryGetValue(name, out lead)) _leads[name] = lead = (await OpenAsync(name, duration, cancellationToken).ConfigureAwait(false), null);
            var patience = duration / HeartbeatsPerTerm < LongestKnock ? duration / HeartbeatsPerTerm : LongestKnock;
            if (!await lead.Session.KnockAsync(patience, cancellationToken).ConfigureAwait(false) || !lead.Session.IsOpen) return null;
            var term = new LeaderTerm(name, holder, ++_token, duration);
            _leads[name] = (lead.Session, term);
            return term;
        }
        catch (Exception error) when (error is not (TaskQueueException or OperationCanceledException or ObjectDisposedException))
        {
            throw new BrokerUnavailableException(ErrorCodes.BrokerUnavailable, $"RabbitMQ at {settings.Address} cannot be asked who leads '{Printable.Limit(name)}': {CloseReasons.Describe(error)}", error);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The connection of a term; <c>null</c> when the term is over.</summary>
    internal async Task<LeadSession?> FindAsync(LeaderTerm term, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _leads.TryGetValue(term.Name, out var lead) && lead.Term == term && lead.Session.IsOpen ? lead.Session : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    internal async Task ReleaseAsync(LeaderTerm term, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_leads.TryGetValue(term.Name, out var lead) && lead.Term == term) await EndAsync(term.Name, lead.Session).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            _isDisposed = true;
            foreach (var (name, lead) in _leads.ToList()) await EndAsync(name, lead.Session).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<LeadSession> OpenAsync(string name, TimeSpan duration, CancellationToken cancellationToken)
    {
        var heartbeat = TimeSpan.FromSeconds(Math.Max(1, Math.Floor(duration.TotalSeconds / HeartbeatsPerTerm)));
        var connector = new RabbitMQConnector(settings with { Endpoints = [.. settings.Endpoints.Select(endpoint => endpoint.With(heartbeat))] }, time, logger);
        return await LeadSession.OpenAsync(name, await connector.ConnectAsync("lead", cancellationToken).ConfigureAwait(false), time).ConfigureAwait(false);
    }

    private async Task EndAsync(string name, LeadSession session)
    {
        _leads.Remove(name);
        await session.DisposeAsync().ConfigureAwait(false);
    }
}
