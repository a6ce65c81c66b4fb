using System.Text.Json;

namespace CeleryNet.Interop.Tests.PythonPeer;

/// <summary>Replies of workers as a Celery client collected them.</summary>
/// <param name="Nodes">By node name.</param>
/// <param name="Count">How many messages came.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record PythonReplies(Dictionary<string, JsonElement> Nodes, int Count, double Seconds);
