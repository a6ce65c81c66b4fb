using StackExchange.Redis;

namespace CeleryNet.Redis.Consuming;

/// <summary>A take that is sent right behind a peek, so that the server carries it out in the moment in which the wait ends.</summary>
/// <param name="Command">The call as it goes over the wire.</param>
/// <param name="End">Hands out what was answered; true when the consumer has to be woken, since there may be more.</param>
/// <param name="Lose">Called instead when the answer was lost, so that nobody knows whether it was carried out.</param>
internal sealed record FollowingTake(byte[] Command, Func<RedisValue[]?, bool> End, Action Lose);
