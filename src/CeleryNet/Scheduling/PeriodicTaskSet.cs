namespace CeleryNet.Scheduling;

/// <summary>The periodic tasks of one registry, as a service of the host; its beat takes them up.</summary>
/// <param name="Registry">The generated registry type.</param>
/// <param name="Tasks">What the attributes say.</param>
public sealed record PeriodicTaskSet(Type Registry, IReadOnlyList<PeriodicTask> Tasks);
