using System.Text.RegularExpressions;
using StackExchange.Redis;

namespace CeleryNet.Redis.Layout;

/// <summary>The keys of kombu, and the few of our own. Celery protocol, Redis transport, keys.</summary>
internal sealed partial class RedisKeys
{
    /// <summary>What the delivery tags of CeleryNet begin with; the holder and, after a colon, a number follow.</summary>
    internal const string TagPrefix = "celerynet:";

    /// <summary>What the tags of parked messages begin with. It names no holder: nobody's death returns them.</summary>
    internal const string ParkedTagPrefix = $"{TagPrefix}parked:";

    private const byte MostPriority = 9; // kombu's, on Redis

    private readonly string _prefix;
    private readonly string _separator;
    private readonly int[] _steps;
    private readonly bool _isHigherSooner;

    internal RedisKeys(RedisOptions options)
    {
        _prefix = options.KeyPrefix;
        _separator = options.Separator;
        _steps = [.. options.PrioritySteps];
        _isHigherSooner = options.HigherPriorityIsSooner;
        Unacked = $"{_prefix}unacked";
        UnackedIndex = $"{_prefix}unacked_index";
        Leases = $"{_prefix}celerynet:leases";
        Holders = $"{_prefix}celerynet:holders";
        Dead = $"{_prefix}celerynet:dead";
        Parked = $"{_prefix}celerynet:parked";
    }

    /// <summary>What every key and channel begins with.</summary>
    internal string Prefix => _prefix;

    /// <summary>Hash: tag to <c>[envelope, exchange, routing key]</c>.</summary>
    internal RedisKey Unacked { get; }

    /// <summary>Sorted set: tag to Unix time of delivery.</summary>
    internal RedisKey UnackedIndex { get; }

    /// <summary>Sorted set: holder to the end of its lease.</summary>
    internal RedisKey Leases { get; }

    /// <summary>Hash: holder to epoch.</summary>
    internal RedisKey Holders { get; }

    /// <summary>Set: holders whose messages have to be returned.</summary>
    internal RedisKey Dead { get; }

    /// <summary>Sorted set: tag of a parked message to the Unix time at which it is due. The message itself is in <see cref="Unacked"/>.</summary>
    internal RedisKey Parked { get; }

    internal IReadOnlyList<int> Steps => _steps;

    internal string Separator => _separator;

    /// <summary>The list of a queue for one of the steps; the first step has no suffix.</summary>
    internal string List(string queue, int step) => step == 0 ? $"{_prefix}{queue}" : $"{_prefix}{queue}{_separator}{step}";

    /// <summary>All lists of a queue, the most urgent first.</summary>
    internal RedisKey[] Lists(string queue) => Array.ConvertAll(_steps, step => (RedisKey)List(queue, step));

    /// <summary>The list that messages of a priority go to.</summary>
    internal string ListFor(string queue, int priority) => List(queue, Step(priority));

    /// <summary>The set of bindings of an exchange.</summary>
    internal RedisKey Bindings(string exchange) => $"{_prefix}_kombu.binding.{exchange}";

    /// <summary>The key of a flag.</summary>
    internal RedisKey Flag(string name) => $"{_prefix}celerynet:flag:{name}";

    /// <summary>What the sets of bindings are called, all exchanges together; a glob.</summary>
    internal string AllBindings => $"{GlobLetters().Replace(_prefix, @"\$0")}_kombu.binding.*";

    /// <summary>True when the numbers of users and of the wire run against each other.</summary>
    internal bool FlipsPriorities => _isHigherSooner;

    /// <summary>The user's number as the wire has it, and the other way round: the same unless <see cref="RedisOptions.HigherPriorityIsSooner"/> is on.</summary>
    internal byte Flip(byte priority) => _isHigherSooner ? (byte)(MostPriority - Math.Min(priority, MostPriority)) : priority;

    /// <summary>The sorted set of revocations: revocation to the Unix time until which it is kept.</summary>
    /// <param name="prefix">What the keys begin with; results have another one than the broker where the user's prefix needs an underscore.</param>
    internal static RedisKey Revoked(string prefix) => $"{prefix}celerynet:revoked";

    /// <summary>The string with token and holder of who leads; gone when nobody does.</summary>
    internal RedisKey Lead(string name) => $"{_prefix}celerynet:lead:{name}";

    /// <summary>The string with the last token that was given to a leader.</summary>
    internal RedisKey LeadTokens(string name) => $"{_prefix}celerynet:lead:{name}:tokens";

    /// <summary>The hash of what a leader sent: subject to the moment of its last message, Unix milliseconds.</summary>
    internal RedisKey LeadSent(string name) => $"{_prefix}celerynet:lead:{name}:sent";

    /// <summary>A part of the schedule of a beat: <c>entries</c> and <c>progress</c> are hashes by name, <c>version</c> is a number.</summary>
    /// <param name="prefix">What the keys begin with; results have another one than the broker where the user's prefix needs an underscore.</param>
    /// <param name="beat">Name of the beat.</param>
    /// <param name="part">Which part.</param>
    internal static RedisKey Schedule(string prefix, string beat, string part) => $"{prefix}celerynet:schedule:{beat}:{part}";

    /// <summary>The channel of a fanout exchange, and of a key within it.</summary>
    internal string Channel(int database, string exchange, string routingKey) =>
        routingKey.Length == 0 ? $"{_prefix}/{database}.{exchange}" : $"{_prefix}/{database}.{exchange}/{routingKey}";

    [GeneratedRegex(@"[\\*?\[\]]")]
    private static partial Regex GlobLetters();

    /// <summary>The largest step not above the priority, which is first limited to 0 to 9 as kombu does.</summary>
    internal int Step(int priority)
    {
        var limited = Math.Clamp(priority, 0, MostPriority);
        var found = 0;
        foreach (var step in _steps)
        {
            if (step <= limited) found = step;
        }

        return found;
    }
}
