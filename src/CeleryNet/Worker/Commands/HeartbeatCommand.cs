using System.Text.Json;
using CeleryNet.Control;

namespace CeleryNet.Worker.Commands;

/// <summary>Celery's <c>heartbeat</c>: a heartbeat event at once. The reply is null.</summary>
internal sealed class HeartbeatCommand(CommandServices services) : IControlCommand
{
    public string Method => "heartbeat";

    public ValueTask ExecuteAsync(JsonElement arguments, Utf8JsonWriter reply, CancellationToken cancellationToken)
    {
        CommandArguments.None(arguments, Method);
        services.Events.Heartbeat?.Answer();
        return default;
    }
}
