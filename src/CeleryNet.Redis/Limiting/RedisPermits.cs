using System.Globalization;
using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;
using StackExchange.Redis;

namespace CeleryNet.Redis.Limiting;

/// <summary>Permits in Redis, kept by the broker or by the results. Asking, renewing and giving back are harmless when repeated, but for one start of a rate that is then left out.</summary>
internal sealed class RedisPermits(string keyPrefix, TimeSpan lease)
{
    internal async Task<PermitAnswer> AcquireAsync(RedisSession session, IReadOnlyList<Permit> permits, string holder, CancellationToken cancellationToken)
    {
        RedisKey[] keys = [.. permits.Select(permit => permit.Slots > 0 ? HeldKey(permit.Key) : RateKey(permit.Key))];
        RedisValue[] arguments = [holder, lease.TotalSeconds, .. permits.SelectMany(static permit => new RedisValue[] { permit.Slots, permit.Spacing.TotalSeconds })];
        var answer = (RedisResult[]?)await session.EvaluateAsync(RedisScript.Acquire, keys, arguments, cancellationToken).ConfigureAwait(false) ?? [];
        if ((int)answer[0] is 0) return PermitAnswer.Granted;
        var wait = double.Parse((string?)answer[1] ?? "-1", CultureInfo.InvariantCulture);
        return new PermitAnswer((int)answer[0] - 1, wait < 0 ? null : TimeSpan.FromSeconds(wait));
    }

    internal async Task<IReadOnlyList<PermitLease>> RenewAsync(RedisSession session, IReadOnlyList<PermitLease> leases, bool restore, CancellationToken cancellationToken)
    {
        if (leases.Count == 0) return [];
        RedisValue[] arguments = [lease.TotalSeconds, restore ? "1" : "0", .. leases.Select(static held => (RedisValue)held.Holder)];
        var unknown = (int[]?)await session.EvaluateAsync(RedisScript.Renew, KeysOf(leases), arguments, cancellationToken).ConfigureAwait(false) ?? [];
        return [.. unknown.Select(position => leases[position - 1])];
    }

    internal async Task<bool> ReleaseAsync(RedisSession session, IReadOnlyList<PermitLease> leases, CancellationToken cancellationToken)
    {
        if (leases.Count == 0) return true;
        await session.EvaluateAsync(RedisScript.Release, KeysOf(leases), [.. leases.Select(static held => (RedisValue)held.Holder)], cancellationToken).ConfigureAwait(false);
        return true;
    }

    private RedisKey[] KeysOf(IReadOnlyList<PermitLease> leases) => [.. leases.Select(held => HeldKey(held.Key))];

    private RedisKey HeldKey(string key) => $"{keyPrefix}celerynet:permits:{key}";

    private RedisKey RateKey(string key) => $"{keyPrefix}celerynet:rates:{key}";
}
