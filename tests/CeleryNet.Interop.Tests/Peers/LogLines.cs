using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Interop.Tests.Peers;

/// <summary>One line of a log.</summary>
/// <param name="Level">Its level.</param>
/// <param name="Message">Its text, without the exception.</param>
/// <param name="Error">The exception logged with it.</param>
public sealed record LogLine(LogLevel Level, string Message, Exception? Error);

/// <summary>Keeps every line that a host logs from Information on.</summary>
public sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    /// <summary>The lines so far.</summary>
    public IReadOnlyCollection<LogLine> All => _lines;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(_lines);

    /// <inheritdoc/>
    public void Dispose() { }

    private sealed class Logger(ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(new LogLine(logLevel, formatter(state, exception), exception));
    }
}
