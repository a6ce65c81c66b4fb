using CeleryNet.Messages;

namespace CeleryNet.Brokers;

/// <summary>A message that only the leader may send, and that is sent once for each moment of what it belongs to.</summary>
/// <param name="Message">The message.</param>
/// <param name="Route">Its destination.</param>
/// <param name="Subject">What it belongs to: the name of a periodic task.</param>
/// <param name="Moment">Which of the moments at which the subject is due.</param>
public readonly record struct FencedMessage(TaskMessage Message, Route Route, string Subject, DateTimeOffset Moment);
