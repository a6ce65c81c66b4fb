namespace CeleryNet.Scheduling;

/// <summary>An entry as a store keeps it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Definition">Schedule, call and settings as one JSON object; a store need not understand it.</param>
/// <param name="Since">What was due up to this moment does not count: when it was added, resumed, or given another schedule.</param>
/// <param name="Origin">Where it comes from.</param>
public sealed record StoredEntry(string Name, string Definition, DateTimeOffset Since, EntryOrigin Origin);
