using CeleryNet.Redis.Connections;
using StackExchange.Redis;

namespace CeleryNet.Redis.Limiting;

/// <summary>Keys of unique tasks in Redis, kept by the broker or by the results.</summary>
internal sealed class RedisUniqueKeys(string keyPrefix)
{
    /// <summary>Not to be repeated: the second time, the task would meet itself.</summary>
    internal async Task<string?> ReserveAsync(RedisSession session, string key, string taskId, TimeSpan lifetime, bool replace, CancellationToken cancellationToken) =>
        (string?)await session.EvaluateAsync(RedisScript.Reserve, [KeyOf(key)], [taskId, Milliseconds(lifetime), replace ? "1" : "0"], cancellationToken).ConfigureAwait(false);

    internal async Task<bool> RenewAsync(RedisSession session, string key, string taskId, TimeSpan lifetime, CancellationToken cancellationToken) =>
        (int)await session.EvaluateAsync(RedisScript.Keep, [KeyOf(key)], [taskId, Milliseconds(lifetime)], cancellationToken).ConfigureAwait(false) == 1;

    internal async Task<bool> ReleaseAsync(RedisSession session, string key, string taskId, CancellationToken cancellationToken) =>
        (int)await session.EvaluateAsync(RedisScript.Free, [KeyOf(key)], [taskId], cancellationToken).ConfigureAwait(false) == 1;

    private RedisKey KeyOf(string key) => $"{keyPrefix}celerynet:unique:{key}";

    private static long Milliseconds(TimeSpan lifetime) => Math.Max(1, (long)lifetime.TotalMilliseconds);
}
