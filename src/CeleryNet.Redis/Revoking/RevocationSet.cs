using System.Globalization;
using CeleryNet.Control;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Layout;
using StackExchange.Redis;

namespace CeleryNet.Redis.Revoking;

/// <summary>The sorted set of revocations, kept by the broker or by the results. Adding again and reading are harmless when repeated.</summary>
internal sealed class RevocationSet(string keyPrefix)
{
    // As many as a Python worker remembers.
    private const int MostKept = 50_000;

    // One command of so many is answered within a millisecond or two.
    private const int MostPerCall = 1000;

    private readonly RedisKey _key = RedisKeys.Revoked(keyPrefix);

    internal async Task<bool> AddAsync(RedisSession session, IReadOnlyCollection<Revocation> revocations, TimeSpan keep, CancellationToken cancellationToken)
    {
        foreach (var chunk in revocations.Chunk(MostPerCall))
        {
            RedisValue[] arguments = [keep.TotalSeconds, MostKept, .. chunk.Select(static revocation => (RedisValue)RevocationText.Write(revocation))];
            await session.EvaluateAsync(RedisScript.Revoke, [_key], arguments, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    internal async Task<IReadOnlyList<(Revocation Revocation, TimeSpan Remaining)>> LoadAsync(RedisSession session, int limit, CancellationToken cancellationToken)
    {
        var answer = (RedisValue[]?)await session.EvaluateAsync(RedisScript.Revoked, [_key], [limit], cancellationToken).ConfigureAwait(false) ?? [];
        var loaded = new List<(Revocation, TimeSpan)>(answer.Length / 2);
        for (var i = 0; i + 1 < answer.Length; i += 2)
        {
            if (RevocationText.Read((byte[]?)answer[i] ?? []) is { } revocation)
                loaded.Add((revocation, TimeSpan.FromSeconds(double.Parse((string?)answer[i + 1] ?? "0", CultureInfo.InvariantCulture))));
        }

        return loaded;
    }
}
