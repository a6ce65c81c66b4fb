using System.Text.Json;
using CeleryNet.Control;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Worker.Commands;

/// <summary>Celery's <c>time_limit</c>: sets both limits of a task, in seconds; one that is null or missing is none. Runs that have begun keep theirs.</summary>
internal sealed class TimeLimitCommand(TaskHandlerTable handlers, TimeLimitTable limits) : IControlCommand
{
    public string Method => "time_limit";

    public ValueTask ExecuteAsync(JsonElement arguments, Utf8JsonWriter reply, CancellationToken cancellationToken)
    {
        var task = CommandArguments.Read(arguments, static arguments => CommandArguments.Texts(arguments, "task_name")) is [var name] ? name : throw CommandArguments.Bad("argument 'task_name' is not one name");
        if (!handlers.TryGet(task, out _))
        {
            reply.WriteError("unknown task");
            return default;
        }

        limits.Set(task, new TimeLimits(Seconds(arguments, "hard"), Seconds(arguments, "soft")));
        reply.WriteOk("time limits set successfully");
        return default;
    }

    private static TimeSpan? Seconds(JsonElement arguments, string name)
    {
        if (!arguments.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && WireTime.TryFromSeconds(seconds, out var limit) && limit >= TimeSpan.Zero
            ? limit
            : throw CommandArguments.Bad($"argument '{name}' is not a number of seconds");
    }
}
