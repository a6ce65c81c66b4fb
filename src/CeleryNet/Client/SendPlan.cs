using CeleryNet.Brokers;
using CeleryNet.Tasks;

namespace CeleryNet.Client;

/// <summary>Where and how a task is sent unless the call says otherwise.</summary>
/// <param name="Attribute">The policy of the attribute it was made from.</param>
/// <param name="Policy">Attribute, routes and configuration merged.</param>
/// <param name="Route">Destination.</param>
internal sealed record SendPlan(TaskPolicy Attribute, TaskPolicy Policy, Route Route);
