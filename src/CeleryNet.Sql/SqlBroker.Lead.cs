using CeleryNet.Brokers;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Publishing;
using CeleryNet.Sql.Scheduling;

namespace CeleryNet.Sql;

/// <content>Leading; the message of a leader and the check whether it leads are one transaction.</content>
public sealed partial class SqlBroker : ILeaderLease, IFencedPublisher
{
    /// <inheritdoc/>
    public ValueTask<LeaderTerm?> AcquireAsync(string name, string holder, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(holder);
        return new(ChangeAsync("the lease was not taken", session => LeaseTable.AcquireAsync(session, name, holder, duration), cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(LeaderTerm term, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(term);
        return new(ChangeAsync("the lease was not renewed", session => LeaseTable.RenewAsync(session, term), cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(LeaderTerm term, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(term);
        await ChangeAsync("the lease was not released", session => LeaseTable.ReleaseAsync(session, term), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<FencedOutcome> PublishFencedAsync(LeaderTerm term, FencedMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(term);
        ThrowIfDisposed();
        var row = MessageRow.Of(message.Message, message.Route);
        var queues = NewQueues(message.Route.Queue);
        var outcome = FencedOutcome.Sent;
        await WriteAsync(
            [row],
            queues,
            async session =>
            {
                outcome = await FenceAsync(session, term, message).ConfigureAwait(false);
                return outcome == FencedOutcome.Sent;
            },
            cancellationToken).ConfigureAwait(false);
        return outcome;
    }

    private static async ValueTask<FencedOutcome> FenceAsync(SqlSession session, LeaderTerm term, FencedMessage message)
    {
        if (!await LeaseTable.IsLastingAsync(session, term).ConfigureAwait(false)) return FencedOutcome.NotLeading;
        var noted = await session.ExecuteAsync("note-sent", ("subject", $"{term.Name}/{message.Subject}"), ("moment", message.Moment.UtcTicks), ("believed", 25 * TimeSpan.TicksPerHour)).ConfigureAwait(false);
        return noted > 0 ? FencedOutcome.Sent : FencedOutcome.SentBefore;
    }
}
