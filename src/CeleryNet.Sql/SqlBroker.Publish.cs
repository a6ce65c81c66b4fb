using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Publishing;

namespace CeleryNet.Sql;

public sealed partial class SqlBroker
{
    private const int MostPerTransaction = 1000; // so that one transaction keeps the only writer of SQLite for some ten milliseconds at most

    /// <inheritdoc/>
    public async ValueTask PublishAsync(TaskMessage message, Route route, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfDisposed();
        var row = MessageRow.Of(message, route);
        var queues = NewQueues(route.Queue);
        bool isTaken;
        try
        {
            isTaken = _database.WantsCombining && queues.Length == 0
                ? await _publishing.WriteAsync(row, cancellationToken).ConfigureAwait(false)
                : (await WriteAsync([row], queues, null, cancellationToken).ConfigureAwait(false)).Count == 0;
        }
        catch (DatabaseException error)
        {
            throw NotTaken([row], error);
        }

        if (!isTaken) throw Missing([row]);
    }

    /// <inheritdoc/>
    public async ValueTask PublishManyAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfDisposed();
        List<MessageRow> missing = [];
        for (var (first, prepared) = (0, Prepare(messages, 0)); first < messages.Count; first += MostPerTransaction)
        {
            var (rows, queues) = prepared;
            var writing = WriteAsync(rows, queues, null, cancellationToken);
            try
            {
                prepared = Prepare(messages, first + MostPerTransaction); // while the disk has the ones before
            }
            catch
            {
                await writing.ConfigureAwait(false);
                throw;
            }

            foreach (var lost in await writing.ConfigureAwait(false)) missing.Add(rows[lost]);
        }

        if (missing.Count > 0) throw Missing(missing);
    }

    private (MessageRow[] Rows, List<QueueDefinition> Queues) Prepare(IReadOnlyList<OutgoingMessage> messages, int first)
    {
        var rows = new MessageRow[Math.Clamp(messages.Count - first, 0, MostPerTransaction)];
        List<QueueDefinition> queues = [];
        for (var i = 0; i < rows.Length; i++)
        {
            var (message, route) = messages[first + i];
            rows[i] = MessageRow.Of(message, route);
            if (route.Queue is { } queue && !queues.Contains(queue)) queues.AddRange(NewQueues(queue));
        }

        return (rows, queues);
    }

    private QueueDefinition[] NewQueues(QueueDefinition? queue) => queue is null || _queues.IsDeclared(queue) ? [] : [queue];

    // Writes nothing when there is a condition and it is not met; what has no queue takes the condition's own writes back with it.
    private async Task<IReadOnlyList<int>> WriteAsync(MessageRow[] rows, IReadOnlyList<QueueDefinition> queues, Func<SqlSession, ValueTask<bool>>? condition, CancellationToken cancellationToken)
    {
        try
        {
            var lost = await _database.WriteAsync(
                async session =>
                {
                    if (condition is not null && !await condition(session).ConfigureAwait(false)) return [];
                    foreach (var queue in queues)
                    {
                        if (!await QueueTable.IsThereAsync(session, queue).ConfigureAwait(false)) await QueueTable.DeclareAsync(session, queue).ConfigureAwait(false);
                    }

                    var missing = await _writer.WriteAsync(session, rows).ConfigureAwait(false);
                    return condition is null || missing.Count == 0 ? missing : throw Missing(rows);
                },
                _settings.PublishTimeout,
                cancellationToken).ConfigureAwait(false);
            foreach (var queue in queues) _queues.Remember(queue);
            return lost;
        }
        catch (DatabaseException error)
        {
            throw NotTaken(rows, error);
        }
        catch (TaskQueueConfigurationException error)
        {
            throw new PublishException(error.Reason, [.. rows.Select(static row => row.TaskId)], mayHaveBeenTaken: false, error);
        }
    }

    private async Task<IReadOnlyList<bool>> WriteTogetherAsync(IReadOnlyList<MessageRow> rows)
    {
        var lost = await _database.WriteAsync(session => _writer.WriteAsync(session, rows), _settings.PublishTimeout, CancellationToken.None).ConfigureAwait(false);
        var isTaken = new bool[rows.Count];
        Array.Fill(isTaken, true);
        foreach (var place in lost) isTaken[place] = false;
        return isTaken;
    }

    private PublishException NotTaken(MessageRow[] rows, DatabaseException error) => new(
        $"{_database.Product} at {Address} did not take {rows.Length} task(s), the first of them {rows[0].TaskId}: {error.Message}.", [.. rows.Select(static row => row.TaskId)], error.MayBeDone, error);

    private PublishException Missing(IReadOnlyList<MessageRow> rows) => new(
        $"{_database.Product} at {Address} did not take {rows.Count} task(s), the first of them {rows[0].TaskId}: no queue is bound to exchange '{rows[0].Exchange}' with key '{rows[0].RoutingKey}'. Declare the queue first, or name it in the route.",
        [.. rows.Select(static row => row.TaskId)],
        mayHaveBeenTaken: false);
}
