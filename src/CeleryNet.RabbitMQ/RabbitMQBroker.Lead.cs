using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Leading;

namespace CeleryNet.RabbitMQ;

/// <content>Leading, and sending as the leader.</content>
public sealed partial class RabbitMQBroker : ILeaderLease, IFencedPublisher
{
    /// <inheritdoc/>
    /// <remarks>
    /// Those who compete have a connection each and consume from the queue <c>celerynet.lead.&lt;name&gt;</c>, of which the server lets one be active. The heartbeat of these connections is a fifth of the
    /// duration, at least 1 second; the server ends a silent one after two to three heartbeats.
    /// </remarks>
    public async ValueTask<LeaderTerm?> AcquireAsync(string name, string holder, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(holder);
        return await _leads.AcquireAsync(name, holder, duration, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RenewAsync(LeaderTerm term, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(term);
        return await _leads.FindAsync(term, cancellationToken).ConfigureAwait(false) is not null; // heartbeats do it
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(LeaderTerm term, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(term);
        await _leads.ReleaseAsync(term, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// It goes out on the connection that leads: when the server has given that up, it takes nothing from it any more. A connection that breaks before the confirmation leaves it open whether the
    /// server has the message; whoever leads next sends it again under the same id. Delayed delivery is not used: a countdown is left to the worker.
    /// </remarks>
    public async ValueTask<FencedOutcome> PublishFencedAsync(LeaderTerm term, FencedMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(term);
        if (await _leads.FindAsync(term, cancellationToken).ConfigureAwait(false) is not { } session) return FencedOutcome.NotLeading;
        var properties = PropertiesOf(message.Message, message.Route);
        try
        {
            await session.Publisher.PublishAsync(properties, message.Message.Body, message.Route, _settings.PublishTimeout).ConfigureAwait(false);
            return FencedOutcome.Sent;
        }
        catch (Exception error) when (error is not TaskQueueException)
        {
            var mayHaveBeenTaken = error is RefusedException { MayHaveBeenTaken: true };
            throw new PublishException(
                $"Task '{Printable.Limit(message.Message.Id)}' was not taken by RabbitMQ at {Address}: {Connections.CloseReasons.Describe(error)}."
                    + (mayHaveBeenTaken ? " It may have been taken all the same; sending it again with the same id is recognisable." : ""),
                [message.Message.Id ?? ""],
                mayHaveBeenTaken,
                error);
        }
    }
}
