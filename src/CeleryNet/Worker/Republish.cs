using CeleryNet.Brokers;
using CeleryNet.Messages;

namespace CeleryNet.Worker;

/// <summary>A message that takes the place of one that is about to be settled.</summary>
/// <param name="Message">The message.</param>
/// <param name="Queue">Where it goes.</param>
internal sealed record Republish(TaskMessage Message, QueueDefinition Queue);
