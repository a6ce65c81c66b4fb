using System.Data.Common;
using CeleryNet.Brokers;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Publishing;
using CeleryNet.Sql.Transactions;

namespace CeleryNet.Sql;

/// <content>Publishing within a transaction of the application.</content>
public sealed partial class SqlBroker
{
    /// <summary>A broker that publishes within the transaction: what it takes is enqueued when, and only when, that commits. It can do nothing else, and is used by one caller at a time.</summary>
    /// <param name="transaction">A transaction of this database.</param>
    /// <exception cref="TaskQueueConfigurationException">The transaction is of another kind of database.</exception>
    public IBroker Within(DbTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ThrowIfDisposed();
        _database.Check(transaction);
        return new TransactionBroker(_database, Address, transaction, WriteAsync);
    }

    private async ValueTask<IReadOnlyList<int>> WriteAsync(SqlSession session, IReadOnlyList<OutgoingMessage> messages)
    {
        var rows = new MessageRow[messages.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            var (message, route) = messages[i];
            rows[i] = MessageRow.Of(message, route);
            // Not remembered: the transaction may be rolled back, and the queue with it.
            if (route.Queue is { } queue && !_queues.IsDeclared(queue) && !await QueueTable.IsThereAsync(session, queue).ConfigureAwait(false))
                await QueueTable.DeclareAsync(session, queue).ConfigureAwait(false);
        }

        return await new MessageWriter(new QueueTable(), _wire).WriteAsync(session, rows).ConfigureAwait(false);
    }
}
