using CeleryNet.Sql.Databases;

namespace CeleryNet.Sql;

/// <summary>The tables of CeleryNet, for those who run migrations themselves.</summary>
public static class SqlSchema
{
    /// <summary>The script that creates the tables in an empty SQLite database. Set <see cref="SqlOptions.ManagesSchema"/> to false with it.</summary>
    public static string Sqlite() => Join("", SqlStatements.Sqlite());

    /// <summary>The script that creates the tables in PostgreSQL. Set <see cref="SqlOptions.ManagesSchema"/> to false with it.</summary>
    /// <param name="schema">The schema; made by the script where it is missing.</param>
    /// <exception cref="TaskQueueConfigurationException">The name cannot be used.</exception>
    public static string Postgres(string schema = "celerynet")
    {
        SqlUrl.Check(new SqlOptions { Schema = schema });
        return Join($"create schema if not exists \"{schema}\";\n\n", SqlStatements.Postgres(schema));
    }

    private static string Join(string first, SqlStatements statements) => $"{first}{string.Join("\n", statements.SchemaScripts())}";
}
