using System.Text.Json;
using CeleryNet.Control;
using CeleryNet.Diagnostics;
using CeleryNet.Tasks;
using CeleryNet.Worker.Limits;

namespace CeleryNet.Worker.Commands;

/// <summary>Celery's <c>rate_limit</c>: sets the rate of a task in this worker, a text such as <c>10/m</c> or a number of starts per second; null, an empty text and 0 are none.</summary>
internal sealed class RateLimitCommand(TaskHandlerTable handlers, RateTable rates, Action<string> changed) : IControlCommand
{
    public string Method => "rate_limit";

    public ValueTask ExecuteAsync(JsonElement arguments, Utf8JsonWriter reply, CancellationToken cancellationToken)
    {
        var task = CommandArguments.Read(arguments, static arguments => CommandArguments.Texts(arguments, "task_name")) is [var name] ? name : throw CommandArguments.Bad("argument 'task_name' is not one name");
        var text = CommandArguments.Read(arguments, Rate);
        if (!TaskRate.TryParse(text, out var rate))
        {
            reply.WriteError($"Invalid rate limit string: {ReplyJson.Repr("ValueError", $"'{Printable.Limit(text)}' is not {RateText.Form}")}");
        }
        else if (!handlers.TryGet(task, out _))
        {
            reply.WriteError("unknown task");
        }
        else
        {
            rates.Set(task, rate);
            changed(task);
            reply.WriteOk(rate.IsUnlimited ? "rate limit disabled successfully" : "new rate limit set successfully");
        }

        return default;
    }

    private static string Rate(JsonElement arguments)
    {
        if (!arguments.TryGetProperty("rate_limit"u8, out var value)) throw CommandArguments.Bad("it has no argument 'rate_limit'");
        return value.ValueKind switch
        {
            JsonValueKind.Null => "0",
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => value.GetString() is { Length: > 0 } given ? given : "0",
            _ => throw CommandArguments.Bad($"argument 'rate_limit' is {value.ValueKind}, not a text or a number"),
        };
    }
}
