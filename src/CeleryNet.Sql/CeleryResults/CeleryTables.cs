using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Diagnostics;
using CeleryNet.Sql.Pickling;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Sql.CeleryResults;

/// <summary>The tables of Celery's database backend, made by whoever comes first. Celery protocol, results, database backend.</summary>
internal static class CeleryTables
{
    /// <summary>Topic of a state stored by a process of CeleryNet; the task id follows. Python tells nobody.</summary>
    internal const char Topic = 'c';

    /// <summary>Returns when the tables are there.</summary>
    /// <exception cref="TaskQueueConfigurationException">They are missing, and are not to be made.</exception>
    internal static async Task PrepareAsync(
        SqlDatabase database, SchemaUpdate.Attempt read, SchemaUpdate.Attempt write, TimeSpan limit, ILogger logger, CancellationToken cancellationToken)
    {
        if (await read(ExistAsync, limit, cancellationToken).ConfigureAwait(false) == 1) return;
        if (!database.Options.ManagesSchema)
        {
            throw new TaskQueueConfigurationException(
                ErrorCodes.InvalidConfiguration,
                $"{database.Product} at {database.Address} lacks the tables celery_taskmeta and celery_tasksetmeta. Start a Celery worker with this result backend, or set CreatesTables to true.");
        }

        try
        {
            await write(session => CreateAsync(session, database), limit, cancellationToken).ConfigureAwait(false);
            Log.CeleryTablesMade(logger, database.Product, database.Address);
        }
        catch (Exception error) when (database.Describe(error) is { IsTransient: false } && !cancellationToken.IsCancellationRequested)
        {
            // Celery may have made them at the same moment; it takes no lock that we could wait for.
            if (await read(ExistAsync, limit, cancellationToken).ConfigureAwait(false) != 1) throw;
        }
    }

    /// <summary>Stores a state, unless a SUCCESS is there, and tells those who wait.</summary>
    internal static async ValueTask<bool> StoreAsync(SqlSession session, TaskResult result, byte[]? pickle, string? done)
    {
        var stored = await session.ExecuteAsync(
            "celery/store", ("task_id", result.TaskId), ("status", result.State), ("result", pickle), ("date_done", done), ("traceback", result.Traceback)).ConfigureAwait(false);
        if (stored == 0) return false;
        session.Signal(Topic + result.TaskId);
        return true;
    }

    /// <summary>The states of some tasks, of those that have one.</summary>
    internal static ValueTask<List<CeleryRow>> GetAsync(SqlSession session, string[] taskIds) => session.QueryAsync(
        "celery/results",
        static row => new CeleryRow(row.GetString(0), row[1] as string, row[2] as byte[], row[3] as string, row[4] as string),
        ("task_ids", taskIds));

    internal static ValueTask<int> ForgetAsync(SqlSession session, string taskId) => session.ExecuteAsync("celery/forget", ("task_id", taskId));

    /// <summary>The value or the error as the column <c>result</c> holds it; <c>null</c> for null, as SQLAlchemy stores it.</summary>
    /// <exception cref="MessageFormatException">The value is not JSON.</exception>
    internal static byte[]? Pickle(TaskResult result)
    {
        if (result.Error is { } error) return PickleWriter.FromError(error.Type, error.Arguments, error.Module);
        return result.Value.IsEmpty ? null : PickleWriter.FromJson(result.Value);
    }

    private static async ValueTask<int> ExistAsync(SqlSession session) => await session.ScalarAsync<object>("celery/exists").ConfigureAwait(false) is true or 1L ? 1 : 0;

    private static async ValueTask<int> CreateAsync(SqlSession session, SqlDatabase database)
    {
        if (session.HasArrays) await session.ScalarAsync<object>("lock-schema", ("schema", database.Options.Schema)).ConfigureAwait(false); // SQLite has one writer anyway
        await session.RunAsync(database.Statements["celery/create"]).ConfigureAwait(false);
        return 1;
    }
}
