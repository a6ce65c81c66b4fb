using System.Text;
using System.Text.RegularExpressions;
using CeleryNet.Brokers;

namespace CeleryNet.Redis.Layout;

/// <summary>A member of kombu's binding set: routing key, pattern and queue, joined by the separator.</summary>
/// <param name="RoutingKey">Key of the binding.</param>
/// <param name="Pattern">Regular expression of a topic binding, as kombu writes it; empty for others.</param>
/// <param name="Queue">The bound queue.</param>
internal readonly record struct Binding(string RoutingKey, string Pattern, string Queue)
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromMilliseconds(100);

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
        if (Pattern.Length == 0) return RoutingKey == routingKey;
        try
        {
            // kombu escapes the underscore, which this dialect refuses.
            return Regex.IsMatch(routingKey, Pattern.Replace(@"\_", "_", StringComparison.Ordinal), RegexOptions.CultureInvariant, MatchLimit);
        }
        catch (Exception error) when (error is ArgumentException or RegexMatchTimeoutException)
        {
            return false; // somebody wrote a pattern that is none: it fits nothing, and other bindings still count
        }
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
