using System.Data.Common;
using System.Transactions;
using CeleryNet.Diagnostics;
using CeleryNet.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;

namespace CeleryNet.EntityFrameworkCore.Saving;

/// <summary>
/// The tasks that a context has noted and not sent; a service of the context, used by one caller at a time as the context itself. In a transaction of Entity Framework's own they are sent just before its
/// commit: so generated keys are known, a failure leaves the entities changed, and a retrying execution strategy does all of it again. In a transaction of the application they are sent when the entities are
/// written, since its commit may pass Entity Framework by.
/// </summary>
internal sealed class TaskBuffer(IDbContextOptions options, ICurrentDbContext current, ILoggerFactory loggers) : DbTransactionInterceptor, ISaveChangesInterceptor, IResettableService, IDisposable
{
    private readonly List<IPendingTask> _tasks = [];
    private AutoTransactionBehavior? _behavior; // that of the application, while SaveChanges has another one
    private bool _isSaving;

    private DbContext Context => current.Context;

    private DatabaseFacade Database => Context.Database;

    internal void Add(IPendingTask task)
    {
        if (_isSaving) RequireTransaction(); // an interceptor of the application notes it
        _tasks.Add(task);
    }

    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (_tasks.Count > 0) RequireTransaction();
        _isSaving = true;
        return result;
    }

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken) => new(SavingChanges(eventData, result));

    public override InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        if (_isSaving) Send(transaction);
        return result;
    }

    public override async ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken)
    {
        if (_isSaving) await SendAsync(transaction, cancellationToken).ConfigureAwait(false);
        return result;
    }

    public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => _tasks.RemoveAll(task => ReferenceEquals(task.SentIn, transaction));

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken)
    {
        TransactionCommitted(transaction, eventData);
        return Task.CompletedTask;
    }

    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        if (_tasks.Count > 0)
        {
            if (Database.CurrentTransaction is { } transaction) Send(transaction.GetDbTransaction());
            else Database.CreateExecutionStrategy().Execute(CommitTasks);
        }

        Saved();
        return result;
    }

    public async ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken)
    {
        if (_tasks.Count > 0)
        {
            if (Database.CurrentTransaction is { } transaction) await SendAsync(transaction.GetDbTransaction(), cancellationToken).ConfigureAwait(false);
            else await Database.CreateExecutionStrategy().ExecuteAsync(CommitTasksAsync, cancellationToken).ConfigureAwait(false);
        }

        Saved();
        return result;
    }

    public void SaveChangesFailed(DbContextErrorEventData eventData) => Ended();

    public Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken)
    {
        Ended();
        return Task.CompletedTask;
    }

    public void SaveChangesCanceled(DbContextEventData eventData) => Ended();

    public Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken)
    {
        Ended();
        return Task.CompletedTask;
    }

    /// <summary>A context goes back to its pool.</summary>
    public void ResetState()
    {
        if (_tasks.Count > 0) Log.NeverSaved(loggers.CreateLogger<TaskBuffer>(), Context.GetType().Name, _tasks.Count);
        _tasks.Clear();
        (_behavior, _isSaving) = (null, false);
    }

    public Task ResetStateAsync(CancellationToken cancellationToken)
    {
        ResetState();
        return Task.CompletedTask;
    }

    public void Dispose() => ResetState();

    /// <summary>Entity Framework makes none for a single statement, unless it is told.</summary>
    private void RequireTransaction()
    {
        if (Database.CurrentTransaction is not null) return;
        if (Transaction.Current is not null || Database.GetEnlistedTransaction() is not null)
            throw new TaskQueueException(ErrorCodes.NotSupported, $"{Context.GetType().Name} cannot send tasks within a TransactionScope. Begin the transaction on the context: await context.Database.BeginTransactionAsync().");
        _behavior ??= Database.AutoTransactionBehavior;
        Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
    }

    // No entity was to be saved, so nobody has made a transaction. The tasks are sent before its commit, as always.
    private void CommitTasks()
    {
        using var transaction = Database.BeginTransaction();
        transaction.Commit();
    }

    private async Task CommitTasksAsync(CancellationToken cancellationToken)
    {
        var transaction = await Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var ending = transaction.ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    // A synchronous SaveChanges has to wait; on a thread of the pool, so that no synchronisation context of the caller is waited for by what it runs.
    private void Send(DbTransaction transaction)
    {
        if (_tasks.Count > 0) Task.Run(() => SendAsync(transaction, CancellationToken.None)).GetAwaiter().GetResult();
    }

    private async Task SendAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        if (_tasks.Count == 0) return;
        var client = options.FindExtension<CeleryNetOptionsExtension>()!.Client.Within(transaction); // it has registered this class
        try
        {
            for (var i = 0; i < _tasks.Count; i++) // what makes a call may note another one
            {
                var task = _tasks[i];
                if (ReferenceEquals(task.SentIn, transaction)) continue;
                await task.SendAsync(client, cancellationToken).ConfigureAwait(false);
                task.SentIn = transaction;
            }
        }
        catch (PublishException error) when (error.InnerException is DbException cause)
        {
            // As for entities: what catches it is the same, and a retrying execution strategy looks into it.
            throw new DbUpdateException(error.Message, cause);
        }
    }

    private void Saved()
    {
        // SaveChanges(acceptAllChangesOnSuccess: false) in a transaction of the application: should that not commit, entities and tasks are saved once more.
        if (Database.CurrentTransaction is null || !Context.ChangeTracker.HasChanges()) _tasks.Clear();
        Ended();
    }

    private void Ended()
    {
        if (_behavior is { } behavior) Database.AutoTransactionBehavior = behavior;
        (_behavior, _isSaving) = (null, false);
    }
}
