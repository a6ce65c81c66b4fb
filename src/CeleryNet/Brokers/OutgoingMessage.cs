using CeleryNet.Messages;

namespace CeleryNet.Brokers;

/// <summary>A message and where it goes.</summary>
/// <param name="Message">The message.</param>
/// <param name="Route">Its destination.</param>
public readonly record struct OutgoingMessage(TaskMessage Message, Route Route);
