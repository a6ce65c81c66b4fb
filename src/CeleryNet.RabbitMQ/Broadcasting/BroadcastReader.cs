using System.Globalization;
using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Serialization;
using RabbitMQ.Client;

namespace CeleryNet.RabbitMQ.Broadcasting;

/// <summary>Reads what arrived into a broadcast of its own.</summary>
internal static class BroadcastReader
{
    /// <summary>The broadcast.</summary>
    /// <exception cref="FormatException">It is over a limit; the message says which.</exception>
    internal static Broadcast Read(BroadcastExchange exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, WireOptions wire)
    {
        if (body.Length > wire.MaxBodyBytes) throw new FormatException($"its body has more than {wire.MaxBodyBytes} bytes (MaxBodyBytes)");
        return new Broadcast
        {
            Exchange = exchange,
            RoutingKey = routingKey,
            Headers = (properties.Headers ?? NoHeaders).ToDictionary(header => header.Key, header => Plain(header.Value, 0, wire.MaxDepth)),
            ContentType = properties.ContentType,
            ContentEncoding = properties.ContentEncoding,
            Body = body.ToArray(), // the client uses its buffer again
        };
    }

    private static readonly Dictionary<string, object?> NoHeaders = [];

    // The client gives text as UTF-8 bytes.
    private static object? Plain(object? value, int depth, int maxDepth)
    {
        if (depth > maxDepth) throw new FormatException($"a header is nested deeper than {maxDepth} levels (MaxDepth)");
        return value switch
        {
            null or string or bool or long or double => value,
            byte[] utf8 => Encoding.UTF8.GetString(utf8),
            byte or sbyte or short or ushort or int or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            float number => (double)number,
            IEnumerable<KeyValuePair<string, object?>> map => map.ToDictionary(pair => pair.Key, pair => Plain(pair.Value, depth + 1, maxDepth)),
            System.Collections.IList list => list.Cast<object?>().Select(item => Plain(item, depth + 1, maxDepth)).ToList(),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        };
    }
}
