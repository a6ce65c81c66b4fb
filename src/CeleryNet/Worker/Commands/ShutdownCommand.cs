using System.Text.Json;
using CeleryNet.Control;
using CeleryNet.Diagnostics;

namespace CeleryNet.Worker.Commands;

/// <summary>Celery's <c>shutdown</c>: stops the host in order. A worker without host cannot be stopped so.</summary>
internal sealed class ShutdownCommand(CommandServices services) : IControlCommand
{
    private const string DefaultReason = "Got shutdown from remote"; // Celery's

    public string Method => "shutdown";

    public bool IsSilent => true;

    public ValueTask ExecuteAsync(JsonElement arguments, Utf8JsonWriter reply, CancellationToken cancellationToken)
    {
        var stop = services.Surroundings.Shutdown ?? throw new CommandException("RuntimeError", "this worker runs in no host that could be stopped");
        Log.RemoteShutdown(services.Logger, services.NodeName, Printable.Limit(CommandArguments.OptionalText(arguments, "msg") ?? DefaultReason));
        stop();
        return default;
    }
}
