namespace CeleryNet.SourceGenerator.Reading;

/// <summary>A limit over all workers.</summary>
/// <param name="Slots">How many run at once; 0 for a rate.</param>
/// <param name="Rate">How often they start; <c>null</c> for a concurrency.</param>
/// <param name="Name">Name of a shared limit.</param>
/// <param name="Key">Form of its key.</param>
internal sealed record LimitModel(int Slots, string? Rate, string? Name, KeyTemplate Key);

/// <summary>How a task is unique.</summary>
/// <param name="For">How long a key is kept, in ticks.</param>
/// <param name="OnDuplicate">Value of the policy.</param>
/// <param name="Until">Value of the setting.</param>
/// <param name="Name">Name of shared keys.</param>
/// <param name="Key">Form of its key.</param>
internal sealed record UniqueModel(long For, int OnDuplicate, int Until, string? Name, KeyTemplate Key);

/// <summary>What the attributes beside <c>[Task]</c> ask for.</summary>
internal sealed record ConditionModel(EquatableArray<LimitModel> Limits, UniqueModel? Unique)
{
    /// <summary>The forms of all keys, in the order in which they are read.</summary>
    public IEnumerable<KeyTemplate> Keys => Unique is null ? Limits.Select(limit => limit.Key) : Limits.Select(limit => limit.Key).Append(Unique.Key);
}
