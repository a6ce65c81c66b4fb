using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Sql.Tests.Statements;

/// <summary>Every statement that Npgsql has run, as it says itself.</summary>
internal sealed class NpgsqlStatementLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _statements = new();

    internal IReadOnlyCollection<string> Statements => _statements;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var values = (state as IReadOnlyList<KeyValuePair<string, object?>> ?? []).ToDictionary(static pair => pair.Key, static pair => pair.Value);
        var message = values.GetValueOrDefault("{OriginalFormat}") as string ?? "";
        if (message.StartsWith("Command execution completed", StringComparison.Ordinal)) _statements.Enqueue($"{values["CommandText"]}");
        else if (message.StartsWith("Batch execution completed", StringComparison.Ordinal)) foreach (var command in (System.Collections.IEnumerable)values["BatchCommands"]!) _statements.Enqueue($"{command}"); // named in the message
        else if (message.StartsWith("Committed transaction", StringComparison.Ordinal))
        {
            _statements.Enqueue("begin");
            _statements.Enqueue("commit");
        }
    }

    public void Dispose() { }
}
