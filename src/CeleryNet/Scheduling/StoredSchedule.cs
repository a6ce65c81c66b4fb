namespace CeleryNet.Scheduling;

/// <summary>What a store keeps of one beat.</summary>
/// <param name="Version">Another number after each change of an entry.</param>
/// <param name="Entries">The entries.</param>
/// <param name="Progress">How far those have come that were sent before.</param>
public sealed record StoredSchedule(long Version, IReadOnlyList<StoredEntry> Entries, IReadOnlyList<EntryProgress> Progress);
