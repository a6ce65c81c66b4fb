using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Control;
using CeleryNet.Diagnostics;

namespace CeleryNet.Worker.Commands;

/// <summary>Celery's <c>add_consumer</c>: consumes one more queue. A queue that the host has configured is declared as there, whatever the request says, as in Celery.</summary>
internal sealed class AddConsumerCommand(ConsumedQueues queues, Func<string, QueueDefinition?> configured) : IControlCommand
{
    public string Method => "add_consumer";

    public async ValueTask ExecuteAsync(JsonElement arguments, Utf8JsonWriter reply, CancellationToken cancellationToken)
    {
        if (CommandArguments.Read(arguments, Read) is { } queue) await queues.AddAsync(queue, cancellationToken).ConfigureAwait(false);
        reply.WriteOk($"add consumer {CommandArguments.Queue(arguments)}");
    }

    private QueueDefinition? Read(JsonElement arguments)
    {
        var name = CommandArguments.Queue(arguments);
        if (CommandArguments.IsOfPause(arguments)) return null;
        if (configured(name) is { } known) return known;
        var queue = new QueueDefinition(name);
        var type = CommandArguments.Text(arguments, "exchange_type") ?? queue.ExchangeType;
        if (type is not ("direct" or "topic" or "fanout")) throw CommandArguments.Bad($"argument 'exchange_type' is '{Printable.Limit(type)}', not direct, topic or fanout");
        queue = queue with
        {
            Exchange = CommandArguments.Text(arguments, "exchange") ?? queue.Exchange,
            ExchangeType = type,
            RoutingKey = CommandArguments.Text(arguments, "routing_key") ?? queue.RoutingKey,
        };
        if (!arguments.TryGetProperty("queue_arguments"u8, out var extra) || extra.ValueKind != JsonValueKind.Object) return queue;
        foreach (var argument in extra.EnumerateObject()) queue = queue.WithArgument(argument.Name, Value(argument));
        return queue;
    }

    private static object? Value(JsonProperty argument) => argument.Value.ValueKind switch
    {
        JsonValueKind.String => argument.Value.GetString(),
        JsonValueKind.Number when argument.Value.TryGetInt64(out var number) => number,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw CommandArguments.Bad($"queue argument '{Printable.Limit(argument.Name)}' is neither a text, a whole number nor true or false"),
    };
}
