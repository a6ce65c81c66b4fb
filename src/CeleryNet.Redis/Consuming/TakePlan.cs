using CeleryNet.Redis.Layout;
using StackExchange.Redis;

namespace CeleryNet.Redis.Consuming;

/// <summary>Which queues are taken from, and in which order their lists are emptied: step by step, the queues within a step in turn, so that the one just served goes last. Thread-safe.</summary>
internal sealed class TakePlan
{
    private readonly Lock _lock = new();
    private readonly RedisKeys _keys;
    private readonly List<string> _queues;
    private readonly Dictionary<string, string> _suffixes;
    private readonly long _longestBody;

    /// <param name="keys">The keys.</param>
    /// <param name="queues">The queues at first.</param>
    /// <param name="longestBody">How long the base64 of a body is at most that is handed out; 0 for any.</param>
    internal TakePlan(RedisKeys keys, IEnumerable<string> queues, long longestBody = 0)
    {
        _keys = keys;
        _longestBody = longestBody;
        _queues = [.. queues];
        _suffixes = _queues.ToDictionary(static queue => queue, UnackedEntry.Suffix);
    }

    /// <summary>The queues, the one that was served last behind the others.</summary>
    internal IReadOnlyList<string> Queues
    {
        get { lock (_lock) return [.. _queues]; }
    }

    internal bool IsEmpty
    {
        get { lock (_lock) return _queues.Count == 0; }
    }

    internal bool Has(string queue)
    {
        lock (_lock) return _suffixes.ContainsKey(queue);
    }

    /// <summary>What follows an envelope of the queue in the hash of what is unacknowledged.</summary>
    internal string SuffixOf(string queue)
    {
        lock (_lock) return _suffixes.TryGetValue(queue, out var suffix) ? suffix : UnackedEntry.Suffix(queue);
    }

    /// <summary>Takes a queue up.</summary>
    /// <returns>False when it was there before.</returns>
    internal bool Add(string queue)
    {
        lock (_lock)
        {
            if (!_suffixes.TryAdd(queue, UnackedEntry.Suffix(queue))) return false;
            _queues.Add(queue);
            return true;
        }
    }

    /// <summary>Leaves a queue.</summary>
    /// <returns>False when it was not there.</returns>
    internal bool Remove(string queue)
    {
        lock (_lock) return _suffixes.Remove(queue) && _queues.Remove(queue);
    }

    /// <summary>Keys and arguments of one call, see take.lua; and the queue of each list.</summary>
    /// <param name="holder">Who takes.</param>
    /// <param name="first">Number of the first tag.</param>
    /// <param name="count">How many messages at most.</param>
    /// <param name="only">The queue to take from; <c>null</c> for all of them.</param>
    /// <param name="scope">Which of their lists.</param>
    internal (RedisKey[] Keys, RedisValue[] Arguments, string[] Queues) Next(Holder holder, long first, int count, string? only = null, TakeScope scope = TakeScope.All)
    {
        lock (_lock) return only is null ? Call(holder, first, count, _queues, scope) : Call(holder, first, count, _suffixes.ContainsKey(only) ? [only] : [], scope);
    }

    /// <summary>Puts the queue that was served behind the others.</summary>
    internal void Served(string queue)
    {
        lock (_lock)
        {
            if (_queues.Count > 1 && _queues.Remove(queue)) _queues.Add(queue);
        }
    }

    private (RedisKey[] Keys, RedisValue[] Arguments, string[] Queues) Call(Holder holder, long first, int count, List<string> from, TakeScope scope)
    {
        const int FixedKeys = 3, FixedArguments = 6;
        var steps = scope switch
        {
            TakeScope.Watched => [0],
            TakeScope.Unwatched => [.. _keys.Steps.Where(static step => step != 0)],
            _ => _keys.Steps,
        };
        var lists = from.Count * steps.Count;
        var keys = new RedisKey[FixedKeys + lists];
        var arguments = new RedisValue[FixedArguments + lists];
        var queues = new string[lists];
        keys[0] = _keys.Unacked;
        keys[1] = _keys.UnackedIndex;
        keys[2] = _keys.Holders;
        arguments[0] = holder.Id;
        arguments[1] = holder.Epoch;
        arguments[2] = count;
        arguments[3] = holder.TagStart;
        arguments[4] = first;
        arguments[5] = _longestBody;
        var list = 0;
        foreach (var step in steps)
        {
            foreach (var queue in from)
            {
                keys[FixedKeys + list] = _keys.List(queue, step);
                arguments[FixedArguments + list] = _suffixes[queue];
                queues[list++] = queue;
            }
        }

        return (keys, arguments, queues);
    }
}
