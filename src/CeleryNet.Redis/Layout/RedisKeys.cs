using StackExchange.Redis;

namespace CeleryNet.Redis.Layout;

/// <summary>The keys of kombu, and the few of our own. Celery protocol, Redis transport, keys.</summary>
internal sealed class RedisKeys
{
    /// <summary>What the delivery tags of CeleryNet begin with; the holder and, after a colon, a number follow.</summary>
    internal const string TagPrefix = "celerynet:";

    private readonly string _prefix;
    private readonly string _separator;
    private readonly int[] _steps;

    internal RedisKeys(RedisOptions options)
    {
        _prefix = options.KeyPrefix;
        _separator = options.Separator;
        _steps = [.. options.PrioritySteps];
        Unacked = $"{_prefix}unacked";
        UnackedIndex = $"{_prefix}unacked_index";
        Leases = $"{_prefix}celerynet:leases";
        Holders = $"{_prefix}celerynet:holders";
        Dead = $"{_prefix}celerynet:dead";
    }

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

    internal IReadOnlyList<int> Steps => _steps;

    internal string Separator => _separator;

    /// <summary>The list of a queue for one of the steps; the first step has no suffix.</summary>
    internal string List(string queue, int step) => step == 0 ? $"{_prefix}{queue}" : $"{_prefix}{queue}{_separator}{step}";

    /// <summary>The list that messages of a priority go to.</summary>
    internal string ListFor(string queue, int priority) => List(queue, Step(priority));

    /// <summary>The set of bindings of an exchange.</summary>
    internal RedisKey Bindings(string exchange) => $"{_prefix}_kombu.binding.{exchange}";

    /// <summary>The largest step not above the priority, which is first limited to 0 to 9 as kombu does.</summary>
    internal int Step(int priority)
    {
        var limited = Math.Clamp(priority, 0, 9);
        var found = 0;
        foreach (var step in _steps)
        {
            if (step <= limited) found = step;
        }

        return found;
    }
}
