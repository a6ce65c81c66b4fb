using System.Data.Common;
using CeleryNet.Brokers;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Outbox;
using CeleryNet.Sql.Transactions;

namespace CeleryNet.Sql;

/// <summary>
/// Tasks written by the application's transactions, to be sent by another broker afterwards: at least once, in the order in which they were written, per queue. A task sent twice has the same id. Made by
/// <c>UseOutbox</c>.
/// </summary>
public sealed class SqlOutbox : IAsyncDisposable
{
    internal SqlOutbox(SqlDatabase database) => Database = database;

    /// <summary>Where the database is; passwords are masked.</summary>
    public string Address => Database.Address;

    internal SqlDatabase Database { get; }

    /// <summary>How many tasks wait to be sent, for health checks and dashboards.</summary>
    /// <exception cref="BrokerUnavailableException">The database cannot be reached.</exception>
    public async ValueTask<long> CountAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await Database.ReadAsync(static session => session.ScalarAsync<long>("outbox-count"), Database.Options.CommandTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException error)
        {
            throw new BrokerUnavailableException(CeleryNet.Diagnostics.ErrorCodes.BrokerUnavailable, $"The outbox in {Database.Product} at {Address} was not counted: {error.Message}.", error);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Database.DisposeAsync();

    internal IBroker Within(DbTransaction transaction, string address)
    {
        Database.Check(transaction);
        return new TransactionBroker(Database, address, transaction, OutboxTable.WriteAsync);
    }
}
