using System.Text;
using CeleryNet.Brokers;

namespace CeleryNet.Redis;

/// <content>Flags: a key for each, which lives as long as the flag.</content>
public sealed partial class RedisBroker : IFlagStore
{
    private const int LongestFlag = 200; // what every flag store takes

    private static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(49);

    /// <inheritdoc/>
    public async ValueTask SetAsync(string name, TimeSpan? lifetime, CancellationToken cancellationToken)
    {
        CheckFlag(name);
        if (lifetime is { } wanted && (wanted < ShortestLifetime || wanted > LongestLifetime))
            throw new ArgumentOutOfRangeException(nameof(lifetime), lifetime, $"The lifetime must be from {ShortestLifetime} to {LongestLifetime}, or null.");
        object[] value = [_keys.Flag(name), "1"];
        object[] command = lifetime is { } life ? [.. value, "PX", (long)life.TotalMilliseconds] : value;
        await AskAsync("a flag was not set", session => session.ExecuteAsync("SET", command, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> IsSetAsync(string name, CancellationToken cancellationToken)
    {
        CheckFlag(name);
        return await AskAsync("a flag was not read", session => session.Database.KeyExistsAsync(_keys.Flag(name)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(string name, CancellationToken cancellationToken)
    {
        CheckFlag(name);
        await AskAsync("a flag was not cleared", session => session.Database.KeyDeleteAsync(_keys.Flag(name)), cancellationToken).ConfigureAwait(false);
    }

    private static void CheckFlag(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (Encoding.UTF8.GetByteCount(name) > LongestFlag) throw new ArgumentException($"The name of a flag has at most {LongestFlag} bytes of UTF-8.", nameof(name));
    }
}
