using Microsoft.Extensions.Logging;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Learns from the log that a consumer lost its connection, its lease or its queue.</summary>
internal sealed class LossWatch : ILoggerProvider, ILogger
{
    // ConsumerLost, ConsumerCancelled and the loss by consumer_timeout of RabbitMQ, ConnectionLost and LeaseLost of Redis.
    private static readonly HashSet<int> Losses = [3011, 3012, 3017, 3101, 3111];

    private volatile bool _wasSeen;

    internal bool WasSeen => _wasSeen;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (Losses.Contains(eventId.Id)) _wasSeen = true;
    }

    public void Dispose()
    {
    }
}
