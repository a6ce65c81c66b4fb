using System.Text;
using CeleryNet.Brokers;

namespace CeleryNet.Redis.Layout;

/// <summary>A member of kombu's binding set: routing key, pattern and queue, joined by the separator.</summary>
/// <param name="RoutingKey">Key of the binding.</param>
/// <param name="Pattern">Regular expression of a topic binding, as kombu writes it; empty for others.</param>
/// <param name="Queue">The bound queue.</param>
internal readonly record struct Binding(string RoutingKey, string Pattern, string Queue)
{
    /// <summary>The binding that Celery makes for a queue.</summary>
    internal static Binding Of(QueueDefinition queue) =>
        new(queue.RoutingKey, queue.ExchangeType == "topic" ? PatternOf(queue.RoutingKey) : "", queue.Name);

    /// <summary>Reads a member; <c>null</c> when it has not three parts.</summary>
    internal static Binding? Read(string member, string separator)
    {
        var parts = member.Split(separator);
        return parts.Length == 3 ? new Binding(parts[0], parts[1], parts[2]) : null;
    }

    internal string Write(string separator) => string.Join(separator, RoutingKey, Pattern, Queue);

    /// <summary>True when a message with this routing key goes to the queue.</summary>
    /// <param name="routingKey">Key of the message.</param>
    /// <param name="isFanout">True: the exchange asks for no key.</param>
    internal bool Fits(string routingKey, bool isFanout)
    {
        if (isFanout) return true;
        return Pattern.Length == 0 ? RoutingKey == routingKey : WordsFit(RoutingKey.Split('.'), routingKey.Split('.'));
    }

    // By the key and not by kombu's expression: that one lets the star stand for several words, although kombu too says it stands for one, as it does on RabbitMQ.
    private static bool WordsFit(ReadOnlySpan<string> pattern, ReadOnlySpan<string> words)
    {
        if (pattern.IsEmpty) return words.IsEmpty;
        if (pattern[0] != "#") return !words.IsEmpty && (pattern[0] == "*" || pattern[0] == words[0]) && WordsFit(pattern[1..], words[1..]);
        if (pattern.Length == 1 || pattern[1] == "#") return pattern.Length == 1 || WordsFit(pattern[1..], words);
        for (var skipped = 0; skipped <= words.Length; skipped++)
        {
            if (WordsFit(pattern[1..], words[skipped..])) return true;
        }

        return false;
    }

    // kombu, TopicExchange.key_to_pattern: words are joined by an escaped dot, * and # stand for these expressions.
    private static string PatternOf(string key)
    {
        var pattern = new StringBuilder("^");
        var words = key.Split('.');
        for (var i = 0; i < words.Length; i++)
        {
            if (i > 0) pattern.Append(@"\.");
            pattern.Append(words[i] switch { "*" => @".*?[^\.]", "#" => ".*?", var word => Escape(word) });
        }

        return pattern.Append('$').ToString();
    }

    // kombu, escape_regex: letters, digits and the characters .#* stay, everything else gets a backslash.
    private static string Escape(string word)
    {
        var escaped = new StringBuilder(word.Length);
        foreach (var letter in word)
        {
            if (!char.IsLetterOrDigit(letter) && letter is not ('#' or '*')) escaped.Append('\\');
            escaped.Append(letter);
        }

        return escaped.ToString();
    }
}
