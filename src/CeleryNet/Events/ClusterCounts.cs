namespace CeleryNet.Events;

/// <summary>Numbers of a cluster at one moment.</summary>
/// <param name="Events">How many events were counted in.</param>
/// <param name="ReceivedTasks">How often a worker received a task; each retry counts.</param>
/// <param name="Workers">How many workers are known, alive or not.</param>
/// <param name="AliveWorkers">How many of them are alive.</param>
/// <param name="TasksByState">How many of the tasks in memory are in each state.</param>
public sealed record ClusterCounts(long Events, long ReceivedTasks, int Workers, int AliveWorkers, IReadOnlyDictionary<string, int> TasksByState);
