using CeleryNet.Brokers;

namespace CeleryNet.Redis;

/// <content>Flags: a key for each, which lives as long as the flag.</content>
public sealed partial class RedisBroker : IFlagStore
{
    /// <inheritdoc/>
    public async ValueTask SetAsync(string name, TimeSpan? lifetime, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (lifetime is { } limited) ArgumentOutOfRangeException.ThrowIfLessThan(limited, TimeSpan.FromSeconds(1), nameof(lifetime));
        object[] value = [_keys.Flag(name), "1"];
        object[] command = lifetime is { } life ? [.. value, "PX", (long)life.TotalMilliseconds] : value;
        await AskAsync("a flag was not set", session => session.ExecuteAsync("SET", command, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> IsSetAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return await AskAsync("a flag was not read", session => session.Database.KeyExistsAsync(_keys.Flag(name)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        await AskAsync("a flag was not cleared", session => session.Database.KeyDeleteAsync(_keys.Flag(name)), cancellationToken).ConfigureAwait(false);
    }
}
