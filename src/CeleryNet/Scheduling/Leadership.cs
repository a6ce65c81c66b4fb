using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Scheduling;

/// <summary>Wants to lead, and leads on while it can. How long a term lasts is measured on the monotonic clock, from before the server was asked.</summary>
internal sealed class Leadership(ILeaderLease lease, string name, string holder, TimeSpan duration, TimeProvider time, ILogger logger)
{
    // 15 s: asked four times a second by those that wait, renewed every 5 s, and given up for lost 1.5 s before others may think so.
    private const int AttemptsPerTerm = 60;
    private const int RenewalsPerTerm = 3;
    private const int RetriesPerTerm = 15;

    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(2);

    private readonly Channel<LeaderTerm> _begun = Channel.CreateBounded<LeaderTerm>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private volatile Held? _held;
    private bool _isUnreachable;

    /// <summary>When it last heard of the server; a timestamp.</summary>
    internal long LastAnswer { get; private set; } = time.GetTimestamp();

    internal bool IsLeading(LeaderTerm term) => _held is { } held && held.Term == term && time.GetElapsedTime(held.Since) < duration * 0.9;

    /// <summary>The next term that begins.</summary>
    internal ValueTask<LeaderTerm> NextTermAsync(CancellationToken cancellationToken) => _begun.Reader.ReadAsync(cancellationToken);

    internal async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (!stopping.IsCancellationRequested) await Task.Delay(await RunOnceAsync(stopping).ConfigureAwait(false), time, stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the beat stops
        }

        if (_held is { } held) await ReleaseAsync(held.Term).ConfigureAwait(false);
    }

    /// <summary>Asks once.</summary>
    /// <returns>After what time to ask again.</returns>
    internal async Task<TimeSpan> RunOnceAsync(CancellationToken stopping)
    {
        var since = time.GetTimestamp();
        var held = _held;
        if (held is not null && !IsLeading(held.Term))
        {
            // It was silent for too long, and the beat has stopped to send. The server may see it otherwise, so that the term is ended there too.
            End(held);
            await ReleaseAsync(held.Term).ConfigureAwait(false);
            return TimeSpan.Zero;
        }

        try
        {
            if (held is null)
            {
                var term = await lease.AcquireAsync(name, holder, duration, stopping).ConfigureAwait(false);
                Answered();
                if (term is null) return duration / AttemptsPerTerm;
                _held = new Held(term, since);
                Log.BeatLeads(logger, name, holder, term.Token);
                await _begun.Writer.WriteAsync(term, stopping).ConfigureAwait(false);
            }
            else if (await lease.RenewAsync(held.Term, stopping).ConfigureAwait(false))
            {
                Answered();
                _held = held with { Since = since };
            }
            else
            {
                Answered();
                End(held);
                return TimeSpan.Zero;
            }

            return duration / RenewalsPerTerm;
        }
        catch (TaskQueueException error)
        {
            if (!_isUnreachable) Log.BeatLeaseUnreachable(logger, name, error);
            _isUnreachable = true;
            return duration / RetriesPerTerm;
        }
    }

    /// <summary>A send was refused, since another leads.</summary>
    internal void Lost(LeaderTerm term)
    {
        if (_held is { } held && held.Term == term) End(held);
    }

    private void Answered()
    {
        LastAnswer = time.GetTimestamp();
        _isUnreachable = false;
    }

    private void End(Held held)
    {
        if (Interlocked.CompareExchange(ref _held, null, held) == held) Log.BeatLeadsNoMore(logger, name, holder, held.Term.Token);
    }

    private async Task ReleaseAsync(LeaderTerm term)
    {
        using var limit = new CancellationTokenSource(ReleaseLimit, time);
        try
        {
            await lease.ReleaseAsync(term, limit.Token).AsTask().WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TaskQueueException or OperationCanceledException)
        {
            Log.BeatNotReleased(logger, name, holder, error.Message); // it ends by itself
        }
    }

    private sealed record Held(LeaderTerm Term, long Since);
}
