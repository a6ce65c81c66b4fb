using System.Text;
using CeleryNet.Brokers;

namespace CeleryNet.RabbitMQ;

/// <content>Flags, each of which is a queue without messages.</content>
public sealed partial class RabbitMQBroker
{
    private const int LongestFlag = 200; // with the prefix within the 255 bytes of a queue's name

    private static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(49); // the server's timers end at 2³² ms

    /// <inheritdoc/>
    /// <remarks>
    /// A flag is the durable, empty queue <c>celerynet.flag.&lt;name&gt;</c>; its lifetime is the queue's <c>x-expires</c>. One that is set again with another lifetime is taken away for the moment
    /// that it takes to make it anew. The user needs the permissions to configure and read these queues.
    /// </remarks>
    public ValueTask SetAsync(string name, TimeSpan? lifetime, CancellationToken cancellationToken)
    {
        CheckFlag(name);
        if (lifetime is { } time && (time < ShortestLifetime || time > LongestLifetime))
            throw new ArgumentOutOfRangeException(nameof(lifetime), lifetime, $"The lifetime must be from {ShortestLifetime} to {LongestLifetime}, or null.");
        return new ValueTask(_flags.SetAsync(name, lifetime, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<bool> IsSetAsync(string name, CancellationToken cancellationToken)
    {
        CheckFlag(name);
        return new ValueTask<bool>(_flags.IsSetAsync(name, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask ClearAsync(string name, CancellationToken cancellationToken)
    {
        CheckFlag(name);
        return new ValueTask(_flags.ClearAsync(name, cancellationToken));
    }

    private static void CheckFlag(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (Encoding.UTF8.GetByteCount(name) > LongestFlag) throw new ArgumentException($"The name of a flag has at most {LongestFlag} bytes of UTF-8.", nameof(name));
    }
}
