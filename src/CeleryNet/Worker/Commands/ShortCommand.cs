using System.Text.Json;
using CeleryNet.Control;

namespace CeleryNet.Worker.Commands;

/// <summary>A command that is one short step.</summary>
internal sealed class ShortCommand(string method, Action<JsonElement, Utf8JsonWriter> execute) : IControlCommand
{
    public string Method => method;

    public ValueTask ExecuteAsync(JsonElement arguments, Utf8JsonWriter reply, CancellationToken cancellationToken)
    {
        execute(arguments, reply);
        return default;
    }
}
