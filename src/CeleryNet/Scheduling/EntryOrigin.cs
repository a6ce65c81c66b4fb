namespace CeleryNet.Scheduling;

/// <summary>Where a stored entry comes from.</summary>
public enum EntryOrigin
{
    /// <summary>From code or configuration of the hosts.</summary>
    Code,

    /// <summary>From code or configuration, and changed at run time.</summary>
    Changed,

    /// <summary>Added at run time.</summary>
    Added,
}
