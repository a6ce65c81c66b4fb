using System.Collections.Frozen;
using System.Globalization;

namespace CeleryNet.Hosting;

/// <summary>
/// Checks the arguments of a queue's declaration by RabbitMQ's rules, the server's own and those of its widespread plugins. The server itself takes names that it does not know in silence, and
/// ends the channel for a value out of range, long after the start.
/// </summary>
internal static class QueueArgumentCheck
{
    private const string AnyText = "a text";

    private static readonly FrozenDictionary<string, Rule> Rules = new Dictionary<string, Rule>
    {
        ["x-max-priority"] = new(0, 255),
        ["x-message-ttl"] = new(0, uint.MaxValue),
        ["x-expires"] = new(1, uint.MaxValue),
        ["x-max-length"] = new(0, long.MaxValue),
        ["x-max-length-bytes"] = new(0, long.MaxValue),
        ["x-max-in-memory-length"] = new(0, long.MaxValue),
        ["x-max-in-memory-bytes"] = new(0, long.MaxValue),
        ["x-delivery-limit"] = new(-1, long.MaxValue),
        ["x-consumer-timeout"] = new(0, uint.MaxValue),
        ["x-quorum-initial-group-size"] = new(1, int.MaxValue),
        ["x-quorum-target-group-size"] = new(1, int.MaxValue),
        ["x-overflow"] = new("drop-head", "reject-publish", "reject-publish-dlx"),
        ["x-queue-mode"] = new("default", "lazy"),
        ["x-queue-version"] = new(1, 2),
        ["x-queue-type"] = new("classic", "quorum"), // what Celery can consume
        ["x-queue-master-locator"] = new("client-local", "min-masters", "random"),
        ["x-queue-leader-locator"] = new("client-local", "balanced"),
        ["x-dead-letter-strategy"] = new("at-most-once", "at-least-once"),
        ["x-dead-letter-exchange"] = new(AnyText),
        ["x-dead-letter-routing-key"] = new(AnyText),
        ["x-single-active-consumer"] = new(),
        ["x-message-deduplication"] = new(), // plugin rabbitmq-message-deduplication, as the next three
        ["x-cache-size"] = new(1, long.MaxValue),
        ["x-cache-ttl"] = new(1, long.MaxValue),
        ["x-cache-persistence"] = new("disk", "memory"),
    }.ToFrozenDictionary();

    /// <summary>Adds a sentence for each argument that is unknown or out of range.</summary>
    /// <param name="key">What is being checked, such as <c>Queues:images</c>.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="failures">Receives the sentences.</param>
    internal static void Check(string key, IReadOnlyDictionary<string, object?> arguments, ICollection<string> failures)
    {
        foreach (var (name, value) in arguments)
        {
            if (!Rules.TryGetValue(name, out var rule)) failures.Add($"{key}:Arguments:{name} is not a known argument of a queue. {Suggest(name)}Known are {string.Join(", ", Rules.Keys.Order(StringComparer.Ordinal))}.");
            else if (!rule.Fits(value)) failures.Add($"{key}:Arguments:{name} is '{Convert.ToString(value, CultureInfo.InvariantCulture)}' but must be {rule.Range}.");
        }

        if (arguments.ContainsKey("x-dead-letter-routing-key") && !arguments.ContainsKey("x-dead-letter-exchange"))
            failures.Add($"{key}:Arguments:x-dead-letter-routing-key is set without x-dead-letter-exchange, which the server refuses.");
    }

    private static string Suggest(string name) =>
        Rules.Keys.MinBy(known => Distance(name, known)) is { } nearest && Distance(name, nearest) <= 3 ? $"Did you mean {nearest}? " : "";

    // How many letters have to be put in, taken out or changed.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < one.Length; i++)
        {
            var corner = row[0]++;
            for (var j = 0; j < other.Length; j++)
            {
                var above = row[j + 1];
                row[j + 1] = Math.Min(Math.Min(above, row[j]) + 1, corner + (one[i] == other[j] ? 0 : 1));
                corner = above;
            }
        }

        return row[^1];
    }

    /// <summary>What a value must be: a number of a range, one of some texts, any text, or true or false.</summary>
    private sealed class Rule
    {
        private readonly (long Least, long Most)? _range;
        private readonly string[] _texts;

        internal Rule(long least, long most)
        {
            (_range, _texts) = ((least, most), []);
            Range = most == long.MaxValue ? $"a whole number of at least {least}" : $"a whole number from {least} to {most}";
        }

        internal Rule(params string[] texts)
        {
            _texts = texts;
            Range = texts switch
            {
                [] => "true or false",
                [AnyText] => AnyText,
                _ => string.Join(", ", texts[..^1]) + " or " + texts[^1],
            };
        }

        internal string Range { get; }

        internal bool Fits(object? value) => value switch
        {
            byte or sbyte or short or ushort or int or uint or long =>
                _range is { } range && Convert.ToInt64(value, CultureInfo.InvariantCulture) is var number && number >= range.Least && number <= range.Most,
            bool => _range is null && _texts.Length == 0,
            string text => _texts is [AnyText] || _texts.Contains(text),
            _ => false,
        };
    }
}
