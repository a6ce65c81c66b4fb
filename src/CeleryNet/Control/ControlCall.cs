using System.Text.Json;

namespace CeleryNet.Control;

/// <summary>What is asked of workers.</summary>
/// <param name="Command">Name of the command.</param>
/// <param name="Arguments">Writes the arguments into an object that is open; <c>null</c> for none.</param>
/// <param name="Options">Of whom, and how long to wait.</param>
internal sealed record ControlCall(string Command, Action<Utf8JsonWriter>? Arguments, ControlOptions Options);
