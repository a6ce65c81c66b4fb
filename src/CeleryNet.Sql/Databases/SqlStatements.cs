using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace CeleryNet.Sql.Databases;

/// <summary>
/// The texts of the statements, which are files of their own. <c>Statements/NAME.sql</c> serves both databases, one in the folder of a dialect that database alone. Tables are written
/// <c>celerynet.NAME</c>: PostgreSQL puts its schema there, SQLite turns the dot into an underscore. <c>$now</c> is the database's clock in milliseconds since 1970, <c>x $any(@list)</c> is true for an x
/// of the list, and <c>$each(@list)</c> is the list as a table of one column <c>value</c>.
/// </summary>
internal sealed partial class SqlStatements
{
    private const string Root = "CeleryNet.Sql/";

    private readonly ConcurrentDictionary<string, string> _texts = new();
    private readonly string _dialect;
    private readonly string _tablePrefix;

    private SqlStatements(string dialect, string tablePrefix) => (_dialect, _tablePrefix) = (dialect, tablePrefix);

    /// <summary>The text of a statement, by the name of its file.</summary>
    internal string this[string name] => _texts.GetOrAdd(name, static (name, self) => self.Load(name) ?? throw new ArgumentException($"There is no statement '{name}' for {self._dialect}."), this);

    internal static SqlStatements Sqlite() => new("sqlite", "celerynet_");

    internal static SqlStatements Postgres(string schema) => new("postgres", $"\"{schema}\".");

    /// <summary>The scripts that bring the tables from one version to the next; the first one makes version 1.</summary>
    internal IEnumerable<string> SchemaScripts()
    {
        for (var version = 1; Load($"schema/{version}") is { } script; version++) yield return script;
    }

    private string? Load(string name)
    {
        if ((Read($"{Root}{_dialect}/{name}.sql") ?? Read($"{Root}{name}.sql")) is not { } text) return null;
        text = TableName().Replace(text, _tablePrefix);
        var isSqlite = _dialect == "sqlite";
        text = text.Replace("$now", isSqlite ? "cast(unixepoch('subsec') * 1000 as integer)" : "(extract(epoch from clock_timestamp()) * 1000)::bigint", StringComparison.Ordinal);
        text = Any().Replace(text, isSqlite ? "in (select value from json_each($1))" : "= any($1)");
        return Each().Replace(text, isSqlite ? "json_each($1)" : "unnest($1) as each(value)");
    }

    // Without the comments: they are for readers of the file, and would travel with every statement.
    private static string? Read(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource);
        if (stream is null) return null;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var text = new StringBuilder();
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith("--", StringComparison.Ordinal)) text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    [GeneratedRegex(@"\$any\((@\w+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Any();

    [GeneratedRegex(@"\$each\((@\w+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Each();

    [GeneratedRegex(@"\bcelerynet\.", RegexOptions.CultureInvariant)]
    private static partial Regex TableName();
}
