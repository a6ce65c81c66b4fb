using System.Text.Json;
using CeleryNet.Control;

namespace CeleryNet.Worker.Commands;

/// <summary>A command under another name.</summary>
internal sealed class RenamedCommand(string name, IControlCommand command) : IControlCommand
{
    public string Method => name;

    public ValueTask ExecuteAsync(JsonElement arguments, Utf8JsonWriter reply, CancellationToken cancellationToken) => command.ExecuteAsync(arguments, reply, cancellationToken);
}
