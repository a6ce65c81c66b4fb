using CeleryNet.Diagnostics;

namespace CeleryNet.RabbitMQ.Results;

/// <summary>How results travel back through RabbitMQ.</summary>
public sealed class RpcResultOptions
{
    /// <summary>How long a result that nobody asked for is kept, and how long the reply queue outlives a process that ended without removing it.</summary>
    /// <value>Default 1 day, as Celery's <c>result_expires</c>. From 1 second to 49 days, the longest RabbitMQ takes.</value>
    public TimeSpan ResultExpires { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How many results are kept for <c>GetAsync</c>; beyond that the oldest are dropped.</summary>
    /// <value>Default 65 536. At least 1.</value>
    public int MaxKeptResults { get; set; } = 65_536;

    internal void Validate()
    {
        if (ResultExpires < TimeSpan.FromSeconds(1) || ResultExpires > TimeSpan.FromDays(49))
            throw Invalid($"RpcResults.ResultExpires is {ResultExpires} but must be from 1 second to 49 days.");
        if (MaxKeptResults < 1) throw Invalid($"RpcResults.MaxKeptResults is {MaxKeptResults} but must be at least 1.");
    }

    private static TaskQueueConfigurationException Invalid(string message) => new(ErrorCodes.InvalidConfiguration, message);
}
