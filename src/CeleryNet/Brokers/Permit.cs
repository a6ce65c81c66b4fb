namespace CeleryNet.Brokers;

/// <summary>Leave to run one task, counted over all workers of a store.</summary>
public readonly record struct Permit
{
    private Permit(string key, int slots, TimeSpan spacing) => (Key, Slots, Spacing) = (key, slots, spacing);

    /// <summary>What is counted together. Both kinds have keys of their own.</summary>
    public string Key { get; }

    /// <summary>How many may be held at once; 0 for one of a rate, which is not held.</summary>
    public int Slots { get; }

    /// <summary>The least time from one grant to the next; zero for one of a concurrency.</summary>
    public TimeSpan Spacing { get; }

    /// <summary>One of so many that may be held at once.</summary>
    public static Permit OfConcurrency(string key, int slots)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        return new Permit(key, slots, TimeSpan.Zero);
    }

    /// <summary>One that is granted again after a time.</summary>
    public static Permit OfRate(string key, TimeSpan spacing)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(spacing, TimeSpan.Zero);
        return new Permit(key, 0, spacing);
    }
}
