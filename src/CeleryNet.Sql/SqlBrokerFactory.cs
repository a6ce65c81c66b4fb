using CeleryNet.Brokers;
using CeleryNet.Sql;

[assembly: BrokerScheme("sqlite", typeof(SqlBrokerFactory))]
[assembly: BrokerScheme("postgresql", typeof(SqlBrokerFactory))]
[assembly: BrokerScheme("postgres", typeof(SqlBrokerFactory))]

namespace CeleryNet.Sql;

/// <summary>Makes brokers for <c>sqlite:///tasks.db</c> and <c>postgresql://user:password@host/database</c>.</summary>
public sealed class SqlBrokerFactory : IBrokerFactory
{
    /// <inheritdoc/>
    public static IBroker CreateBroker(IServiceProvider services, IReadOnlyList<ConnectionString> urls) => new SqlBroker(SqlUrl.Single(urls), null, services);
}
