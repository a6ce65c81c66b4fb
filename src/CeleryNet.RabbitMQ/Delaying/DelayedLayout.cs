using System.Globalization;
using System.Numerics;

namespace CeleryNet.RabbitMQ.Delaying;

/// <summary>
/// Celery 5.5's native delayed delivery: names, arguments and keys. Level n is a topic exchange and a queue that keeps a message for 2^n seconds. The routing key begins with the delay
/// in seconds as 28 binary digits, the highest first; each level looks at its own: 1 sends the message through its queue, 0 past it to the next level. The last hands over to the
/// exchange to which the destinations are bound.
/// </summary>
internal static class DelayedLayout
{
    internal const int Levels = 28;

    /// <summary>The longest delay: about 8.5 years.</summary>
    internal const long LongestSeconds = (1L << Levels) - 1;

    /// <summary>The exchange that hands over what is due.</summary>
    internal const string DeliveryExchange = "celery_delayed_delivery";

    /// <summary>
    /// The exchange of our own through which single queues get what is due. A message whose queue was deleted meanwhile goes to <see cref="Undeliverable"/>: left in a level, a few dozen of them would
    /// hold up everybody's messages, since a quorum queue waits until what it dead-letters has a queue (seen: 100 for a deleted queue stopped all others).
    /// </summary>
    internal const string QueueExchange = "celerynet_delayed_delivery";

    /// <summary>Exchange and queue for what was due when its queue no longer existed.</summary>
    internal const string Undeliverable = "celerynet_delayed_undeliverable";

    /// <summary>How many of those are kept; then the oldest go.</summary>
    internal const int MaxUndeliverable = 10_000;

    private const string Prefix = "celery_delayed_";
    private const int DigitsLength = Levels * 2; // each with its dot

    /// <summary>Matches any 28 words before the destination.</summary>
    internal static string AnyDigits { get; } = Words(Levels);

    /// <summary>Key of all messages for single queues: they end with <see cref="DelayedDestination.QueueWord"/>.</summary>
    internal static string AnyQueueKey { get; } = AnyDigits + "#" + DelayedDestination.QueueWord;

    /// <summary>Name of the exchange and of the queue of a level.</summary>
    internal static string NameOf(int level) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{level}");

    /// <summary>
    /// The exchange to which a message with this delay is published: that of its first digit 1. Celery publishes all to the highest, from where a message only passes on until it gets here; each pass
    /// costs the broker a look through a long key, and more than 20 of them were seen to take 4 ms for one message.
    /// </summary>
    internal static string EntryOf(long seconds) => NameOf(BitOperations.Log2((ulong)seconds));

    /// <summary>Where a level hands its messages to.</summary>
    internal static string AfterLevel(int level) => level > 0 ? NameOf(level - 1) : DeliveryExchange;

    /// <summary>Key by which a level's messages reach its queue: its digit is 1.</summary>
    internal static string WaitKey(int level) => Words(Levels - 1 - level) + "1.#";

    /// <summary>Key by which they go on at once: its digit is 0.</summary>
    internal static string PassKey(int level) => Words(Levels - 1 - level) + "0.#";

    /// <summary>Arguments of a level's queue, exactly as kombu declares them.</summary>
    internal static Dictionary<string, object?> ArgumentsOf(int level, string queueType)
    {
        var arguments = new Dictionary<string, object?>
        {
            ["x-queue-type"] = queueType,
            ["x-overflow"] = "reject-publish",
            ["x-message-ttl"] = (1L << level) * 1000,
            ["x-dead-letter-exchange"] = AfterLevel(level),
        };
        if (queueType == "quorum") arguments["x-dead-letter-strategy"] = "at-least-once";
        return arguments;
    }

    /// <summary>Routing key of a message that waits this long.</summary>
    /// <param name="seconds">From 1 to <see cref="LongestSeconds"/>.</param>
    /// <param name="destination">What follows the digits.</param>
    internal static string KeyOf(long seconds, string destination) => string.Create(DigitsLength + destination.Length, (seconds, destination), static (key, state) =>
    {
        for (var i = 0; i < Levels; i++)
        {
            key[2 * i] = (state.seconds >> (Levels - 1 - i) & 1) == 1 ? '1' : '0';
            key[(2 * i) + 1] = '.';
        }

        state.destination.CopyTo(key[DigitsLength..]);
    });

    /// <summary>True when a message with this exchange came out of the layout.</summary>
    internal static bool IsPartOf(string exchange) => exchange.StartsWith(Prefix, StringComparison.Ordinal) || exchange == QueueExchange;

    private static string Words(int count) => string.Concat(Enumerable.Repeat("*.", count));
}
