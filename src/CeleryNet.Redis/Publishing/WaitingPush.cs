using CeleryNet.Redis.Connections;

namespace CeleryNet.Redis.Publishing;

/// <summary>A message that waits for its turn, and its caller.</summary>
internal sealed class WaitingPush(Push push, long since) : PendingAnswer
{
    internal Push Push => push;

    /// <summary>The timestamp at which it came.</summary>
    internal long Since => since;
}
