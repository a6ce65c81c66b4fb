using CeleryNet.Redis.Layout;
using StackExchange.Redis;

namespace CeleryNet.Redis.Consuming;

/// <summary>In which order the lists are emptied: step by step, the queues within a step in turn, so that the one just served goes last. Used by one loop.</summary>
internal sealed class TakePlan
{
    private readonly RedisKeys _keys;
    private readonly List<string> _queues;
    private readonly Dictionary<string, string> _suffixes;

    internal TakePlan(RedisKeys keys, IEnumerable<string> queues)
    {
        _keys = keys;
        _queues = [.. queues];
        _suffixes = _queues.ToDictionary(static queue => queue, UnackedEntry.Suffix);
    }

    /// <summary>Keys and arguments of one call, see take.lua; and the queue of each list.</summary>
    internal (RedisKey[] Keys, RedisValue[] Arguments, string[] Queues) Next(Holder holder, long first, int count)
    {
        const int FixedKeys = 3, FixedArguments = 5;
        var lists = _queues.Count * _keys.Steps.Count;
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
        var list = 0;
        foreach (var step in _keys.Steps)
        {
            foreach (var queue in _queues)
            {
                keys[FixedKeys + list] = _keys.List(queue, step);
                arguments[FixedArguments + list] = _suffixes[queue];
                queues[list++] = queue;
            }
        }

        return (keys, arguments, queues);
    }

    /// <summary>Puts the queue that was served behind the others.</summary>
    internal void Served(string queue)
    {
        if (_queues.Count > 1 && _queues.Remove(queue)) _queues.Add(queue);
    }
}
