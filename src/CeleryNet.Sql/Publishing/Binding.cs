namespace CeleryNet.Sql.Publishing;

/// <summary>Says which messages a binding lets through, as AMQP does.</summary>
internal static class Binding
{
    internal static bool Fits(string type, string key, string routingKey) => type switch
    {
        "fanout" => true,
        "topic" => TopicFits(key.Split('.'), routingKey.Split('.')),
        _ => key == routingKey,
    };

    // Words parted by dots; '*' is one word, '#' any number of words.
    private static bool TopicFits(ReadOnlySpan<string> pattern, ReadOnlySpan<string> key)
    {
        if (pattern.IsEmpty) return key.IsEmpty;
        if (pattern[0] == "#") return TopicFits(pattern[1..], key) || (!key.IsEmpty && TopicFits(pattern, key[1..]));
        return !key.IsEmpty && (pattern[0] == "*" || pattern[0] == key[0]) && TopicFits(pattern[1..], key[1..]);
    }
}
