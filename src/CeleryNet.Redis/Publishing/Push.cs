using CeleryNet.Brokers;

namespace CeleryNet.Redis.Publishing;

/// <summary>One message as it goes into a list.</summary>
/// <param name="Id">Id of its task.</param>
/// <param name="Step">Its priority step.</param>
/// <param name="Route">Where it goes.</param>
/// <param name="Envelope">Its bytes.</param>
internal readonly record struct Push(string? Id, int Step, Route Route, byte[] Envelope);
