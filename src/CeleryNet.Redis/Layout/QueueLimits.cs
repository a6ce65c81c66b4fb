using System.Collections.Frozen;
using System.Globalization;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;

namespace CeleryNet.Redis.Layout;

/// <summary>Which queues are bounded by <see cref="QueueDefinition.MaxLength"/>. kombu knows no such thing on Redis, so only CeleryNet's publishers keep to it. Thread-safe.</summary>
internal sealed class QueueLimits
{
    private readonly Lock _lock = new();

    // Null while there are none, which is the usual: then a publish pays for one comparison.
    private volatile FrozenDictionary<string, long>? _limits;

    /// <summary>How many messages the queue may hold; <c>null</c> for any number.</summary>
    internal long? Of(string queue) => _limits is { } limits && limits.TryGetValue(queue, out var limit) ? limit : null;

    /// <summary>Notes what a declaration says.</summary>
    /// <exception cref="TaskQueueConfigurationException">The argument is not a whole number from 0.</exception>
    internal void Learn(QueueDefinition queue)
    {
        if (!queue.Arguments.TryGetValue(QueueDefinition.MaxLength, out var value) || value is null) return;
        var limit = value switch
        {
            byte or sbyte or short or ushort or int or uint or long => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            _ => -1,
        };
        if (limit < 0)
            throw new TaskQueueConfigurationException(ErrorCodes.InvalidConfiguration, $"Argument {QueueDefinition.MaxLength} of queue '{queue.Name}' is '{value}' but must be a whole number from 0.");
        if (Of(queue.Name) == limit) return;
        lock (_lock) _limits = new Dictionary<string, long>(_limits ?? FrozenDictionary<string, long>.Empty) { [queue.Name] = limit }.ToFrozenDictionary();
    }
}
