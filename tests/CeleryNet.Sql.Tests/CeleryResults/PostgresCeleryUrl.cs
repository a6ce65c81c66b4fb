using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.CeleryResults;

/// <summary>The URL of a schema in a form that SQLAlchemy and Npgsql read alike.</summary>
internal static class PostgresCeleryUrl
{
    internal static string Of(PostgresSchema schema) => $"db+{TestServers.Postgres}?options=-csearch_path%3D{schema.Name}";
}
