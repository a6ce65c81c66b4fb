using CeleryNet.Diagnostics;
using CeleryNet.EntityFrameworkCore.Saving;
using CeleryNet.Messages;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace CeleryNet;

/// <summary>Sends tasks with what a context saves: they are enqueued if and only if that is committed.</summary>
public static class DbContextTaskExtensions
{
    /// <summary>
    /// Notes a task, to be sent by the next <c>SaveChanges</c> in the transaction of its entities: one that <c>SaveChanges</c> makes itself, or the context's current one, whose commit decides then. A
    /// <c>SaveChanges</c> that fails leaves the task noted, as it leaves the entities changed: the next one sends it, once.
    /// </summary>
    /// <param name="context">A context with <c>UseCeleryNet</c>.</param>
    /// <param name="task">The call, or a canvas.</param>
    /// <returns>The id of the task, and its handle once it is saved.</returns>
    /// <exception cref="TaskQueueConfigurationException">The context does not know CeleryNet, or has no relational database.</exception>
    /// <exception cref="TaskQueueException">The transaction is a <c>TransactionScope</c>.</exception>
    /// <remarks>When the database does not take the task, <c>SaveChanges</c> throws a <see cref="DbUpdateException"/> as for an entity, and nothing is committed.</remarks>
    public static PendingTask<TaskHandle<T>> Enqueue<T>(this DbContext context, Signature<T> task)
    {
        var id = IdOf(task);
        return Note<TaskHandle<T>>(context, id, (client, token) => client.EnqueueAsync(task.With(options => options.TaskId = id), token));
    }

    /// <summary>Notes a task without typed result.</summary>
    /// <inheritdoc cref="Enqueue{T}(DbContext, Signature{T})"/>
    public static PendingTask<TaskHandle> Enqueue(this DbContext context, Signature task)
    {
        var id = IdOf(task);
        return Note<TaskHandle>(context, id, (client, token) => client.EnqueueAsync(task.With(options => options.TaskId = id), token));
    }

    /// <summary>Notes a group.</summary>
    /// <inheritdoc cref="Enqueue{T}(DbContext, Signature{T})"/>
    public static PendingTask<GroupHandle<T>> Enqueue<T>(this DbContext context, GroupSignature<T> task)
    {
        var id = IdOf(task);
        return Note<GroupHandle<T>>(context, id, (client, token) => client.EnqueueAsync(task.With(options => options.TaskId = id), token));
    }

    /// <summary>Notes a task whose arguments are known when the entity is written, such as a key that the database makes: <c>context.Enqueue(order, saved =&gt; ShopTasks.BillTask(saved.Id))</c>.</summary>
    /// <inheritdoc cref="Enqueue{T}(DbContext, Signature{T})"/>
    /// <param name="context">A context with <c>UseCeleryNet</c>.</param>
    /// <param name="entity">An entity of the context.</param>
    /// <param name="task">Makes the call from a copy of the entity with what the database has made, without navigations; Entity Framework fills in the entity itself only after the commit. Called once for each attempt to save.</param>
    public static PendingTask<TaskHandle<T>> Enqueue<TEntity, T>(this DbContext context, TEntity entity, Func<TEntity, Signature<T>> task) where TEntity : class
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(task);
        var id = TaskId.New();
        return Note<TaskHandle<T>>(context, id, (client, token) => client.EnqueueAsync(task((TEntity)context.Entry(entity).CurrentValues.ToObject()).With(options => options.TaskId = id), token));
    }

    // The id is the same in each attempt, so that a commit that succeeded while its answer was lost is recognised. A copy is sent each time, as a canvas under fixed ids is sent once.
    private static string IdOf(Signature task)
    {
        ArgumentNullException.ThrowIfNull(task);
        string? given = null;
        task.With(options => given = options.TaskId);
        return given ?? TaskId.New();
    }

    private static PendingTask<THandle> Note<THandle>(DbContext context, string id, Func<ITaskClient, CancellationToken, Task<THandle>> send) where THandle : class
    {
        ArgumentNullException.ThrowIfNull(context);
        var buffer = ((IInfrastructure<IServiceProvider>)context).Instance.GetService(typeof(TaskBuffer)) as TaskBuffer ?? throw new TaskQueueConfigurationException(
            ErrorCodes.InvalidConfiguration, $"{context.GetType().Name} does not know CeleryNet. Add it where the context is registered: AddDbContext<{context.GetType().Name}>((services, options) => options.….UseCeleryNet(services)).");
        if (!context.Database.IsRelational())
            throw new TaskQueueConfigurationException(ErrorCodes.NotSupported, $"{context.GetType().Name} uses {context.Database.ProviderName}, which has no transactions to send tasks in. Use SQLite or PostgreSQL, in tests too.");
        var task = new PendingTask<THandle>(id, send);
        buffer.Add(task);
        return task;
    }
}
