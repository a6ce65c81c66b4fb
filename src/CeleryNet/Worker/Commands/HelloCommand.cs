using System.Text.Json;
using CeleryNet.Control;
using CeleryNet.Diagnostics;

namespace CeleryNet.Worker.Commands;

/// <summary>Celery's <c>hello</c>: a worker that starts tells what it knows to be revoked, and is told the same. Celery protocol, mingle.</summary>
internal sealed class HelloCommand(CommandServices services) : IControlCommand
{
    public string Method => "hello";

    public ValueTask ExecuteAsync(JsonElement arguments, Utf8JsonWriter reply, CancellationToken cancellationToken)
    {
        var peer = CommandArguments.OptionalText(arguments, "from_node") ?? throw CommandArguments.Bad("it has no argument 'from_node'");
        if (peer == services.NodeName)
        {
            Log.NodeNameTaken(services.Logger, services.NodeName); // this worker's own hello does not come here
            return default;
        }

        var told = CommandArguments.Has(arguments, "revoked"u8, out var revoked) ? RevokedMap.Read(revoked) : [];
        if (told.Count > 0) services.Revoker.Revoke([.. told.Select(Revocation.OfTask)], terminate: false, services.Stopping);
        reply.WriteStartObject();
        reply.WritePropertyName("revoked"u8);
        RevokedMap.Write(reply, services.Revocations.TaskIds(), services.Time);
        reply.WriteNumber("clock"u8, services.Surroundings.Clock.Forward());
        reply.WriteEndObject();
        return default;
    }
}
