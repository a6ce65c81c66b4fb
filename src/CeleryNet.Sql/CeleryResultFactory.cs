using CeleryNet.Brokers;
using CeleryNet.Results;
using CeleryNet.Sql;

[assembly: ResultScheme("db+sqlite", typeof(CeleryResultFactory))]
[assembly: ResultScheme("db+sqlite+pysqlite", typeof(CeleryResultFactory))]
[assembly: ResultScheme("db+postgresql", typeof(CeleryResultFactory))]
[assembly: ResultScheme("db+postgresql+psycopg2", typeof(CeleryResultFactory))]
[assembly: ResultScheme("db+postgresql+psycopg", typeof(CeleryResultFactory))]
[assembly: ResultScheme("db+postgresql+pg8000", typeof(CeleryResultFactory))]

namespace CeleryNet.Sql;

/// <summary>Makes the result backends that share Celery's tables: <c>db+sqlite:///results.db</c> and <c>db+postgresql://user:password@host/database</c>.</summary>
public sealed class CeleryResultFactory : IResultBackendFactory
{
    /// <inheritdoc/>
    public static IResultBackend CreateResults(IServiceProvider services, IReadOnlyList<ConnectionString> urls) => new CeleryResultBackend(SqlUrl.Single(urls), null, services);
}
