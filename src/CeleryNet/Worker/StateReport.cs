namespace CeleryNet.Worker;

/// <summary>What a task reports of itself.</summary>
/// <param name="State">A custom state.</param>
/// <param name="Meta">Its data as JSON.</param>
internal sealed record StateReport(string State, byte[] Meta);
