using System.Text.Json;
using CeleryNet.Chaos.Tests.Servers;
using RabbitMQ.Client;

namespace CeleryNet.Chaos.Tests.Staging;

/// <summary>Sends messages as anybody can who reaches the broker: by AMQP, or by pushing kombu's envelope to a Redis list.</summary>
internal sealed class Stranger : IAsyncDisposable
{
    private readonly Stage _stage;
    private readonly RabbitMQConsole? _console;

    private Stranger(Stage stage, RabbitMQConsole? console) => (_stage, _console) = (stage, console);

    internal static async Task<Stranger> ConnectAsync(Stage stage, BrokerKind broker) =>
        new(stage, broker == BrokerKind.RabbitMQ ? await RabbitMQConsole.ConnectAsync(stage.Setup.Broker) : null);

    /// <summary>Sends it.</summary>
    /// <returns>The id of its task.</returns>
    internal async Task<string> SendAsync(StrangeMessage message)
    {
        var id = Guid.NewGuid().ToString();
        var headers = new Dictionary<string, object?> { ["lang"] = "py", ["task"] = message.Task, ["id"] = id, ["root_id"] = id };
        foreach (var (name, value) in message.Headers) headers[name] = value;
        if (_console is not null)
        {
            var properties = new BasicProperties { ContentType = message.ContentType, ContentEncoding = message.ContentEncoding, CorrelationId = id, Headers = headers, Persistent = true };
            await _console.PublishAsync(_stage.Setup.Queue, properties, message.Body);
        }
        else
        {
            await RedisConsole.PushAsync(_stage.Setup.Broker, _stage.Setup.Queue, Envelope(message, id, headers));
        }

        return id;
    }

    /// <summary>How many dead letters the row's queue has.</summary>
    internal async Task<long> CountDeadAsync()
    {
        var queue = $"{_stage.Setup.Queue}.dead";
        if (_console is null) return await RedisConsole.CountAsync(_stage.Setup.Broker, "LLEN", queue);
        return (await _console.LookAsync(queue))?.Messages ?? 0;
    }

    public ValueTask DisposeAsync() => _console?.DisposeAsync() ?? default;

    private byte[] Envelope(StrangeMessage message, string id, Dictionary<string, object?> headers) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
    {
        ["body"] = Convert.ToBase64String(message.Body),
        ["content-type"] = message.ContentType,
        ["content-encoding"] = message.ContentEncoding,
        ["headers"] = headers,
        ["properties"] = new
        {
            correlation_id = id,
            delivery_mode = 2,
            delivery_info = new { exchange = "", routing_key = _stage.Setup.Queue },
            priority = 0,
            body_encoding = "base64",
            delivery_tag = Guid.NewGuid().ToString(),
        },
    });
}
