using CeleryNet.Diagnostics;
using CeleryNet.Sql.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Sql.Databases;

/// <summary>Creates the tables and brings them up to date, one process at a time.</summary>
internal static class SchemaUpdate
{
    /// <summary>Returns when the tables are as they must be.</summary>
    internal delegate Task Preparation(SqlDatabase database, Attempt read, Attempt write, TimeSpan limit, ILogger logger, CancellationToken cancellationToken);

    internal delegate Task<int> Attempt(Func<SqlSession, ValueTask<int>> work, TimeSpan limit, CancellationToken cancellationToken);

    /// <summary>Returns when the tables have the version that this code needs.</summary>
    /// <exception cref="TaskQueueConfigurationException">They have another one, and this code may not or cannot change it.</exception>
    internal static Task RunAsync(SqlDatabase database, Attempt read, Attempt write, TimeSpan limit, ILogger logger, CancellationToken cancellationToken) =>
        RunAsync([.. database.Statements.SchemaScripts()], database, read, write, limit, logger, cancellationToken);

    /// <summary>Returns when the tables have the version that as many scripts make.</summary>
    /// <inheritdoc cref="RunAsync(SqlDatabase, Attempt, Attempt, TimeSpan, ILogger, CancellationToken)" path="/exception"/>
    internal static async Task RunAsync(string[] scripts, SqlDatabase database, Attempt read, Attempt write, TimeSpan limit, ILogger logger, CancellationToken cancellationToken)
    {
        // The usual case takes no lock.
        var version = await read(VersionAsync, limit, cancellationToken).ConfigureAwait(false);
        if (version < scripts.Length && database.Options.ManagesSchema)
        {
            version = await write(session => UpdateAsync(database, session, scripts, logger), limit, cancellationToken).ConfigureAwait(false);
        }

        if (version == scripts.Length) return;
        throw new TaskQueueConfigurationException(
            ErrorCodes.InvalidConfiguration,
            version < scripts.Length
                ? $"The tables of CeleryNet in {database.Product} at {database.Address} have version {version}, this program needs {scripts.Length}. Run the script that SqlSchema prints, or set Sql.ManagesSchema to true."
                : $"The tables of CeleryNet in {database.Product} at {database.Address} have version {version}, which is newer than the {scripts.Length} this program knows. Update the program.");
    }

    private static async ValueTask<int> UpdateAsync(SqlDatabase database, SqlSession session, string[] scripts, ILogger logger)
    {
        await database.LockSchemaAsync(session).ConfigureAwait(false);
        var version = await VersionAsync(session).ConfigureAwait(false); // another host may have been quicker
        if (version >= scripts.Length) return version;
        for (var next = version; next < scripts.Length; next++) await session.RunAsync(scripts[next]).ConfigureAwait(false);
        Log.SchemaUpdated(logger, database.Product, database.Address, version, scripts.Length);
        return scripts.Length;
    }

    private static async ValueTask<int> VersionAsync(SqlSession session)
    {
        if (await session.ScalarAsync<object>("schema-exists").ConfigureAwait(false) is null) return 0;
        return Convert.ToInt32(await session.ScalarAsync<object>("schema-version").ConfigureAwait(false), System.Globalization.CultureInfo.InvariantCulture);
    }
}
