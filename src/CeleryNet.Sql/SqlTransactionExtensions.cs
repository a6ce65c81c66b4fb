using System.Data.Common;
using CeleryNet.Brokers;
using CeleryNet.Client;
using CeleryNet.Diagnostics;
using CeleryNet.Sql;
using CeleryNet.Sql.Transactions;

namespace CeleryNet;

/// <summary>Sends tasks if and only if a transaction of the application commits.</summary>
public static class SqlTransactionExtensions
{
    /// <summary>Sends a task within a transaction of the application: it is enqueued when, and only when, that commits.</summary>
    /// <param name="client">The client.</param>
    /// <param name="task">The call.</param>
    /// <param name="transaction">An open transaction of Microsoft.Data.Sqlite or Npgsql on the database of the broker or, with another broker, of the outbox (<c>UseOutbox</c>).</param>
    /// <param name="cancellationToken">Stops the wait for the database; roll the transaction back then.</param>
    /// <exception cref="PublishException">The database did not take it; PostgreSQL takes nothing more in this transaction then.</exception>
    /// <exception cref="TaskQueueConfigurationException">The transaction is of another kind of database, or the broker is no database and there is no outbox.</exception>
    public static Task<TaskHandle<T>> EnqueueAsync<T>(this ITaskClient client, Signature<T> task, DbTransaction transaction, CancellationToken cancellationToken = default) =>
        client.Within(transaction).EnqueueAsync(task, cancellationToken);

    /// <summary>Sends a task without typed result within a transaction of the application.</summary>
    /// <inheritdoc cref="EnqueueAsync{T}(ITaskClient, Signature{T}, DbTransaction, CancellationToken)"/>
    public static Task<TaskHandle> EnqueueAsync(this ITaskClient client, Signature task, DbTransaction transaction, CancellationToken cancellationToken = default) =>
        client.Within(transaction).EnqueueAsync(task, cancellationToken);

    /// <summary>The client with all it can send, within a transaction of the application. Use it until the transaction ends, by one caller at a time, as the transaction itself.</summary>
    /// <param name="client">The client.</param>
    /// <param name="transaction">The transaction.</param>
    public static ITaskClient Within(this ITaskClient client, DbTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(transaction);
        return client is IRebindableClient rebindable
            ? rebindable.Through(services => Choose(services, transaction))
            : throw new TaskQueueConfigurationException(ErrorCodes.NotSupported, "This task client cannot send within a transaction. Use the one that AddTaskQueue registers.");
    }

    private static IBroker Choose(IServiceProvider services, DbTransaction transaction)
    {
        var broker = services.GetService(typeof(IBroker)) as IBroker;
        if (broker is SqlBroker sql) return sql.Within(transaction);
        if (services.GetService(typeof(SqlOutbox)) is SqlOutbox outbox) return outbox.Within(transaction, broker?.Address ?? "");
        throw new TaskQueueConfigurationException(
            ErrorCodes.NotSupported, $"The broker at {broker?.Address} is no database, so it cannot take part in a transaction. Add an outbox in the application's database: queue.UseOutbox(…).");
    }
}
