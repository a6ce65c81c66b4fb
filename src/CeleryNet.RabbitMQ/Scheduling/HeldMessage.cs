namespace CeleryNet.RabbitMQ.Scheduling;

/// <summary>A message of a queue that is held.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id.</param>
/// <param name="Body">Its content.</param>
internal sealed record HeldMessage(string Kind, string Id, byte[] Body);
