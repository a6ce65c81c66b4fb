using CeleryNet.Brokers;
using CeleryNet.Results;
using CeleryNet.Sql;

[assembly: ResultScheme("sqlite", typeof(SqlResultFactory))]
[assembly: ResultScheme("postgresql", typeof(SqlResultFactory))]
[assembly: ResultScheme("postgres", typeof(SqlResultFactory))]

namespace CeleryNet.Sql;

/// <summary>Makes result backends for <c>sqlite:///tasks.db</c> and <c>postgresql://user:password@host/database</c>.</summary>
public sealed class SqlResultFactory : IResultBackendFactory
{
    /// <inheritdoc/>
    public static IResultBackend CreateResults(IServiceProvider services, IReadOnlyList<ConnectionString> urls) => new SqlResultBackend(SqlUrl.Single(urls), null, services);
}
