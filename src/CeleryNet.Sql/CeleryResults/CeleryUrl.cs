using CeleryNet.Brokers;
using CeleryNet.Diagnostics;

namespace CeleryNet.Sql.CeleryResults;

/// <summary>Reads what Celery calls a database backend: <c>db+</c> before a URL of SQLAlchemy, whose scheme may name the driver after another <c>+</c>.</summary>
internal static class CeleryUrl
{
    internal static ConnectionString Plain(ConnectionString url) => url.Scheme.Split('+') switch
    {
        ["db", "sqlite", ..] => url with { Scheme = "sqlite" },
        ["db", "postgresql" or "postgres", ..] => url with { Scheme = "postgresql" },
        _ => throw new TaskQueueConfigurationException(
            ErrorCodes.InvalidConfiguration, $"'{url}' is no database of Celery's that is served here. Write it as db+sqlite:///results.db or db+postgresql://user:password@host/database."),
    };
}
