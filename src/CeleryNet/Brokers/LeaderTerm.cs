namespace CeleryNet.Brokers;

/// <summary>A time during which one leads.</summary>
/// <param name="Name">What is led.</param>
/// <param name="Holder">Who leads.</param>
/// <param name="Token">Fencing token: greater than that of every term before, as far as the server counts them. RabbitMQ does not; there the connection is what fences, and the token counts the terms of the process.</param>
/// <param name="Duration">After what time without renewal it is over.</param>
public sealed record LeaderTerm(string Name, string Holder, long Token, TimeSpan Duration);
