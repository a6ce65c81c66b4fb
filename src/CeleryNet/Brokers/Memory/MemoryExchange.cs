namespace CeleryNet.Brokers.Memory;

/// <summary>Which queues get what is published to one exchange. Under the broker's lock.</summary>
internal sealed class MemoryExchange(string type)
{
    private readonly List<(string Key, MemoryQueue Queue)> _bindings = [];

    internal string Type => type;

    internal void Bind(string key, MemoryQueue queue)
    {
        if (!_bindings.Contains((key, queue))) _bindings.Add((key, queue));
    }

    internal List<MemoryQueue> Find(string routingKey) =>
        [.. _bindings.Where(binding => Fits(binding.Key, routingKey)).Select(binding => binding.Queue).Distinct()];

    internal bool Fits(string key, string routingKey) => type switch
    {
        "fanout" => true,
        "topic" => TopicFits(key.Split('.'), routingKey.Split('.')),
        _ => key == routingKey,
    };

    // AMQP: words parted by dots; '*' is one word, '#' any number of words.
    private static bool TopicFits(ReadOnlySpan<string> pattern, ReadOnlySpan<string> key)
    {
        if (pattern.IsEmpty) return key.IsEmpty;
        if (pattern[0] == "#") return TopicFits(pattern[1..], key) || (!key.IsEmpty && TopicFits(pattern, key[1..]));
        return !key.IsEmpty && (pattern[0] == "*" || pattern[0] == key[0]) && TopicFits(pattern[1..], key[1..]);
    }
}
