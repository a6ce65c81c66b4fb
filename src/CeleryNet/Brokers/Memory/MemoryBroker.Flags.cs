using System.Text;

namespace CeleryNet.Brokers.Memory;

/// <content>Flags; they go with the process, as everything of this broker.</content>
internal sealed partial class MemoryBroker : IFlagStore
{
    private const int LongestFlag = 200; // what every flag store takes

    private static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(49);

    private readonly Dictionary<string, DateTimeOffset> _flags = []; // name to its end; under the lock

    /// <inheritdoc/>
    public ValueTask SetAsync(string name, TimeSpan? lifetime, CancellationToken cancellationToken)
    {
        CheckFlag(name);
        if (lifetime is { } wanted && (wanted < ShortestLifetime || wanted > LongestLifetime))
            throw new ArgumentOutOfRangeException(nameof(lifetime), lifetime, $"The lifetime must be from {ShortestLifetime} to {LongestLifetime}, or null.");
        lock (_lock) _flags[name] = lifetime is { } limited ? time.GetUtcNow() + limited : DateTimeOffset.MaxValue;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> IsSetAsync(string name, CancellationToken cancellationToken)
    {
        CheckFlag(name);
        lock (_lock)
        {
            var isSet = _flags.TryGetValue(name, out var end) && time.GetUtcNow() < end;
            if (!isSet) _flags.Remove(name);
            return new ValueTask<bool>(isSet);
        }
    }

    /// <inheritdoc/>
    public ValueTask ClearAsync(string name, CancellationToken cancellationToken)
    {
        CheckFlag(name);
        lock (_lock) _flags.Remove(name);
        return ValueTask.CompletedTask;
    }

    private static void CheckFlag(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (Encoding.UTF8.GetByteCount(name) > LongestFlag) throw new ArgumentException($"The name of a flag has at most {LongestFlag} bytes of UTF-8.", nameof(name));
    }
}
