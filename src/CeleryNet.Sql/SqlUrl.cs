using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using Npgsql;

namespace CeleryNet.Sql;

/// <summary>Reads the URLs of databases as SQLAlchemy reads them, and applies their options.</summary>
internal static class SqlUrl
{
    private static readonly string[] PostgresSchemes = ["postgresql", "postgres"];

    /// <summary>Reads <c>sqlite:///tasks.db</c> or just <c>tasks.db</c>.</summary>
    internal static ConnectionString ParseSqlite(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        return text.Contains("://", StringComparison.Ordinal) ? Single(ConnectionString.ParseAll(text)) : Single(ConnectionString.ParseAll($"sqlite:///{Uri.EscapeDataString(text)}"));
    }

    /// <summary>The one URL; a second one is refused, since there is no second place for the same rows.</summary>
    internal static ConnectionString Single(IReadOnlyList<ConnectionString> urls) => urls.Count == 1
        ? urls[0]
        : throw Invalid($"'{urls[0]}' is followed by {urls.Count - 1} more. A database is one URL; for PostgreSQL write several hosts as postgresql://user@one,two/db.");

    internal static bool IsSqlite(ConnectionString url) => url.Scheme == "sqlite";

    /// <summary>The full path of the file: three slashes relative to the working directory, four absolute.</summary>
    /// <exception cref="TaskQueueConfigurationException">It names no file, or has an unknown option.</exception>
    internal static string SqliteFile(ConnectionString url, SqlOptions options)
    {
        if (!IsSqlite(url)) throw Invalid($"'{url}' is not a SQLite URL: its scheme must be sqlite.");
        if (url.Host is not null) throw Invalid($"'{url}' names the host '{Printable.Limit(url.Host)}'. Write three slashes before a relative path, as in sqlite:///tasks.db, and four before an absolute one.");
        if (url.Path is null or "" or ":memory:") throw Invalid($"'{url}' names no file. Write it as sqlite:///tasks.db, or use memory:// for what may die with its process.");
        foreach (var (name, value) in url.Query)
        {
            switch (name.ToLowerInvariant())
            {
                case "synchronous" when value is "full" or "normal": options.SurvivesPowerLoss = value == "full"; break;
                case "synchronous": throw Invalid($"Option synchronous of '{url}' is '{Printable.Limit(value)}' but must be full or normal.");
                case "kombu": options.TakesFromKombu = IsTrue(url, name, value); break;
                default: throw Invalid($"Option '{Printable.Limit(name)}' of '{url}' is unknown. Known are synchronous and kombu.");
            }
        }

        Check(options);
        return Path.GetFullPath(url.Path);
    }

    /// <summary>What Npgsql connects by.</summary>
    /// <exception cref="TaskQueueConfigurationException">An option of the URL cannot be used.</exception>
    internal static NpgsqlConnectionStringBuilder Postgres(ConnectionString url, SqlOptions options, TimeSpan connectTimeout)
    {
        if (!PostgresSchemes.Contains(url.Scheme)) throw Invalid($"'{url}' is not a PostgreSQL URL: its scheme must be postgresql.");
        var builder = new NpgsqlConnectionStringBuilder { Host = url.Host ?? "127.0.0.1", Port = url.Port ?? 5432, Username = url.User ?? "postgres", Password = url.Password };
        if (!string.IsNullOrEmpty(url.Path)) builder.Database = url.Path;
        foreach (var (name, value) in url.Query)
        {
            if (name.Equals("schema", StringComparison.OrdinalIgnoreCase))
            {
                options.Schema = value;
                continue;
            }

            if (name.Equals("kombu", StringComparison.OrdinalIgnoreCase))
            {
                options.TakesFromKombu = IsTrue(url, name, value);
                continue;
            }

            try
            {
                builder[name] = value;
            }
            catch (ArgumentException error)
            {
                throw Invalid($"Option '{Printable.Limit(name)}' of '{url}' cannot be used: {Printable.Limit(error.Message)}. Known are schema, kombu and what Npgsql knows, such as sslmode.", error);
            }
        }

        Check(options);
        Tune(builder, connectTimeout);
        return builder;
    }

    /// <summary>Reads <c>postgresql://…</c> or a connection string of Npgsql (<c>Host=…;Username=…</c>).</summary>
    internal static NpgsqlConnectionStringBuilder Postgres(string text, SqlOptions options, TimeSpan connectTimeout)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        if (text.Contains("://", StringComparison.Ordinal)) return Postgres(Single(ConnectionString.ParseAll(text)), options, connectTimeout);
        Check(options);
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(text);
            Tune(builder, connectTimeout);
            return builder;
        }
        catch (ArgumentException error) // its text may hold the password
        {
            throw Invalid("The connection string of PostgreSQL cannot be read. Write it as postgresql://user:password@host:5432/database or as Npgsql's Host=…;Username=…;Password=…;Database=….", error);
        }
    }

    internal static void Check(SqlOptions options)
    {
        var failures = options.Failures().ToList();
        if (failures.Count > 0) throw Invalid($"{string.Join(". ", failures)}.");
    }

    private static bool IsTrue(ConnectionString url, string name, string value) =>
        bool.TryParse(value, out var isTrue) ? isTrue : throw Invalid($"Option {name} of '{url}' is '{Printable.Limit(value)}' but must be true or false.");

    // What was written in the connection string stays. By Keys: ContainsKey is true of everything that Npgsql knows.
    private static void Tune(NpgsqlConnectionStringBuilder builder, TimeSpan connectTimeout)
    {
        var written = builder.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (!written.Contains("Timeout")) builder.Timeout = Math.Max(1, (int)Math.Ceiling(connectTimeout.TotalSeconds));
        if (!written.Contains("Application Name")) builder.ApplicationName = "celerynet";
        if (!written.Contains("Keepalive")) builder.KeepAlive = 10; // the listening connection is silent for long, and must notice that the server is gone
        if (!written.Contains("Max Auto Prepare")) builder.MaxAutoPrepare = 40; // as many as there are statements on the hot path, and some
    }

    private static TaskQueueConfigurationException Invalid(string message, Exception? cause = null) => new(ErrorCodes.InvalidConfiguration, message, cause);
}
