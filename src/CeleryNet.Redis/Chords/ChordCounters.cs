using System.Globalization;
using System.Text;
using CeleryNet.Redis.Connections;
using CeleryNet.Results;
using StackExchange.Redis;

namespace CeleryNet.Redis.Chords;

/// <summary>The counters of chords where Celery's Redis backend has them, so that Python and C# members share one chord. Repeating any call is harmless.</summary>
/// <param name="prefix">What every key of the results begins with.</param>
/// <param name="expiry">How long they are kept; <c>null</c> or zero for ever.</param>
/// <param name="isOrdered">Celery's <c>result_chord_ordered</c>.</param>
internal sealed class ChordCounters(string prefix, TimeSpan? expiry, bool isOrdered)
{
    private const string GroupKeyPrefix = "celery-taskset-meta-";

    // Sending one message takes a few milliseconds. While the broker is away it takes longer; then another run of the member sends the body too, under the same id.
    private static readonly TimeSpan SenderAlone = TimeSpan.FromSeconds(3);

    // What the script says in place of parts, each of which is a JSON list.
    private static readonly byte[] BeingEnded = "being ended"u8.ToArray();

    private readonly string _seconds = (expiry is { } span && span > TimeSpan.Zero ? Math.Max(1, (long)span.TotalSeconds) : 0).ToString(CultureInfo.InvariantCulture);

    internal Task<bool> SetSizeAsync(RedisSession session, string groupId, int size, CancellationToken cancellationToken) =>
        SetAsync(session, KeyOf(groupId, ".s"), size.ToString(CultureInfo.InvariantCulture), cancellationToken);

    internal async Task<bool> AddMemberAsync(RedisSession session, string groupId, string taskId, CancellationToken cancellationToken)
    {
        await session.EvaluateAsync(RedisScript.ChordGrow, [KeyOf(groupId, ".t"), KeyOf(groupId, ".a")], [taskId, _seconds], cancellationToken).ConfigureAwait(false);
        return true;
    }

    internal async Task<ChordCount> CountAsync(RedisSession session, string groupId, int? index, TaskResult part, string run, int leastSize, CancellationToken cancellationToken)
    {
        RedisValue[] values =
        [
            ChordElement.IdText(part.TaskId),
            index?.ToString(CultureInfo.InvariantCulture) ?? "+inf",
            ChordElement.Write(part),
            _seconds,
            isOrdered ? "zset" : "list",
            (long)SenderAlone.TotalMilliseconds,
            run,
            leastSize,
        ];
        var parts = await session.EvaluateAsync(RedisScript.ChordPart, KeysOf(groupId), values, cancellationToken).ConfigureAwait(false);
        if (parts.IsNull) return ChordCount.None;
        var elements = ((RedisResult[]?)parts ?? []).Select(static element => (byte[]?)element).ToList();
        return elements is [{ } one] && one.AsSpan().SequenceEqual(BeingEnded) ? ChordCount.BeingEnded : new ChordCount([.. elements.Select(static element => ChordElement.Read(element))]);
    }

    internal async Task<bool> RemoveAsync(RedisSession session, string groupId, CancellationToken cancellationToken) =>
        await session.AwaitAsync(session.Database.KeyDeleteAsync(KeysOf(groupId)), cancellationToken).ConfigureAwait(false) > 0;

    internal async Task<bool> AddMembersAsync(RedisSession session, string batchId, IReadOnlyList<string> taskIds, string? closingId, CancellationToken cancellationToken)
    {
        RedisKey[] keys = [KeyOf(batchId, ".t"), KeyOf(batchId, ".a"), KeyOf(batchId, ".s"), KeyOf(batchId, ".j")];
        RedisValue[] values = [closingId is null ? "" : ChordElement.IdText(closingId), _seconds, .. taskIds];
        return (long)await session.EvaluateAsync(RedisScript.BatchAdd, keys, values, cancellationToken).ConfigureAwait(false) == 1;
    }

    internal async Task<BatchTally> GetBatchAsync(RedisSession session, string batchId, string closingId, CancellationToken cancellationToken)
    {
        RedisKey[] keys = [KeyOf(batchId, ".j"), KeyOf(batchId, ".t"), KeyOf(batchId, ".s"), KeyOf(batchId, ".a")];
        var counts = (int[])(await session.EvaluateAsync(RedisScript.BatchTally, keys, [ChordElement.IdText(closingId)], cancellationToken).ConfigureAwait(false))!; // the script always returns five
        return new BatchTally(counts[0], counts[1], counts[2], counts[3] == 1, counts[4] == 1);
    }

    // Without its size a chord is never complete; the parts stay, as they are what progress is counted from.
    internal async Task<bool> EndBatchAsync(RedisSession session, string batchId, CancellationToken cancellationToken) =>
        await session.AwaitAsync(session.Database.KeyDeleteAsync([KeyOf(batchId, ".s"), KeyOf(batchId, ".b"), KeyOf(batchId, ".l")]), cancellationToken).ConfigureAwait(false) > 0;

    internal Task<bool> SaveGroupAsync(RedisSession session, string groupId, ReadOnlyMemory<byte> tuple, CancellationToken cancellationToken) =>
        SetAsync(session, KeyOf(groupId, ""), GroupDocument.Write(tuple.Span), cancellationToken);

    internal async Task<ReadOnlyMemory<byte>> GetGroupAsync(RedisSession session, string groupId, CancellationToken cancellationToken)
    {
        byte[]? document = await session.AwaitAsync(session.Database.StringGetAsync(KeyOf(groupId, "")), cancellationToken).ConfigureAwait(false);
        return document is null ? default : GroupDocument.Read(document);
    }

    // As Celery sets everything: with its expiry, and told to whoever listens on the key. It is what stores results, too, but a result of SUCCESS would stay.
    private async Task<bool> SetAsync(RedisSession session, RedisKey key, RedisValue value, CancellationToken cancellationToken)
    {
        await session.EvaluateAsync(RedisScript.ChordSet, [key], [value, _seconds], cancellationToken).ConfigureAwait(false);
        return true;
    }

    private RedisKey[] KeysOf(string groupId) => [KeyOf(groupId, ".j"), KeyOf(groupId, ".t"), KeyOf(groupId, ".s"), KeyOf(groupId, ".a"), KeyOf(groupId, ".b"), KeyOf(groupId, ".l")];

    private RedisKey KeyOf(string groupId, string suffix) => Encoding.UTF8.GetBytes(string.Concat(prefix, GroupKeyPrefix, groupId, suffix));
}
