namespace CeleryNet.Brokers.Memory;

/// <content>Flags; they go with the process, as everything of this broker.</content>
internal sealed partial class MemoryBroker : IFlagStore
{
    private readonly Dictionary<string, DateTimeOffset> _flags = []; // name to its end; under the lock

    /// <inheritdoc/>
    public ValueTask SetAsync(string name, TimeSpan? lifetime, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var end = DateTimeOffset.MaxValue;
        if (lifetime is { } limited)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(limited, TimeSpan.FromSeconds(1), nameof(lifetime));
            var now = time.GetUtcNow();
            if (limited < end - now) end = now + limited;
        }

        lock (_lock) _flags[name] = end;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> IsSetAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
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
        ArgumentException.ThrowIfNullOrEmpty(name);
        lock (_lock) _flags.Remove(name);
        return ValueTask.CompletedTask;
    }
}
