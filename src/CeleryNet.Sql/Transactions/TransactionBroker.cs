using System.Data.Common;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Sql.Databases;

namespace CeleryNet.Sql.Transactions;

/// <summary>Publishes within a transaction of the application. It can do nothing else.</summary>
/// <param name="database">The database that the transaction must be of.</param>
/// <param name="address">Where the messages go to in the end.</param>
/// <param name="transaction">The transaction.</param>
/// <param name="write">Writes messages, and returns the positions of those that were not taken.</param>
internal sealed class TransactionBroker(
    SqlDatabase database, string address, DbTransaction transaction, Func<SqlSession, IReadOnlyList<OutgoingMessage>, ValueTask<IReadOnlyList<int>>> write) : IBroker
{
    public string Address => address;

    public ValueTask PublishAsync(TaskMessage message, Route route, CancellationToken cancellationToken) => PublishManyAsync([new OutgoingMessage(message, route)], cancellationToken);

    public async ValueTask PublishManyAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0) return;
        await database.PrepareAsync(cancellationToken).ConfigureAwait(false);
        using var session = database.Join(transaction);
        session.Token = cancellationToken;
        try
        {
            var lost = await write(session, messages).ConfigureAwait(false);
            if (lost.Count > 0)
            {
                throw Refused([.. lost.Select(position => messages[position])], $"no queue is bound to exchange '{messages[lost[0]].Route.Exchange}' with key '{messages[lost[0]].Route.RoutingKey}'", null);
            }

            await database.SignalAsync(session).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && database.Describe(error) is { } fault)
        {
            throw Refused(messages, fault.Reason, error);
        }
    }

    public ValueTask DeclareAsync(QueueDefinition queue, CancellationToken cancellationToken) => throw Only();

    public ValueTask<IBrokerConsumer> ConsumeAsync(ConsumerSettings settings, CancellationToken cancellationToken) => throw Only();

    public ValueTask PingAsync(CancellationToken cancellationToken) => throw Only();

    public ValueTask DisposeAsync() => default; // the transaction is the caller's

    // The transaction may still be committed, but not what was refused.
    private PublishException Refused(IReadOnlyList<OutgoingMessage> messages, string reason, Exception? cause) => new(
        $"{database.Product} at {database.Address} did not take {messages.Count} task(s) within the transaction, the first of them {messages[0].Message.Id}: {reason}. Roll the transaction back, or go on without them.",
        [.. messages.Select(static sent => sent.Message.Id ?? "")],
        mayHaveBeenTaken: false,
        cause);

    private static TaskQueueException Only() => new(ErrorCodes.NotSupported, "Within a transaction tasks can be sent, and nothing else.");
}
