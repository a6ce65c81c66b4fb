using Microsoft.Extensions.Logging;

namespace CeleryNet.Tests.Worker;

/// <summary>Keeps what is logged. Thread-safe.</summary>
internal sealed class ListLogger : ILogger
{
    private readonly List<(LogLevel Level, int Id, string Text)> _lines = [];

    internal IReadOnlyList<(LogLevel Level, int Id, string Text)> Lines
    {
        get
        {
            lock (_lines) return [.. _lines];
        }
    }

    /// <summary>The texts of one event.</summary>
    internal IReadOnlyList<string> Of(int id) => [.. Lines.Where(line => line.Id == id).Select(line => line.Text)];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines) _lines.Add((logLevel, eventId.Id, formatter(state, exception)));
    }
}
