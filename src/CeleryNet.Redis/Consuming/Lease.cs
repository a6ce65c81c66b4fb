using System.Globalization;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Layout;
using StackExchange.Redis;

namespace CeleryNet.Redis.Consuming;

/// <summary>What the server is told of a holder: that it is there, still lives, and has gone.</summary>
internal sealed class Lease(RedisKeys keys, TimeSpan duration, TimeProvider time)
{
    /// <summary>Makes the holder known under its next epoch. A take of an older epoch that the server sees late is refused from now on.</summary>
    /// <returns>False when it was known and is no longer: it was declared dead, or the server has lost its data.</returns>
    internal Task<bool> OpenAsync(RedisSession session, Holder holder, bool isNew, CancellationToken cancellationToken)
    {
        var epoch = holder.NextEpoch();
        return RenewAsync(session, holder, epoch.ToString(CultureInfo.InvariantCulture), isNew, cancellationToken);
    }

    /// <summary>Lets the lease last from now on.</summary>
    /// <returns>False when it was lost.</returns>
    internal Task<bool> RenewAsync(RedisSession session, Holder holder, CancellationToken cancellationToken) =>
        RenewAsync(session, holder, "", isNew: false, cancellationToken);

    /// <summary>Ends a holder.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="holder">The holder; it has returned what it held.</param>
    /// <param name="isClean">False when something of it may be left, so that the next sweep looks.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    internal Task<RedisResult> CloseAsync(RedisSession session, Holder holder, bool isClean, CancellationToken cancellationToken) =>
        session.EvaluateAsync(RedisScript.Close, [keys.Leases, keys.Holders, keys.Dead], [holder.Id, isClean ? "0" : "1"], cancellationToken);

    private async Task<bool> RenewAsync(RedisSession session, Holder holder, string epoch, bool isNew, CancellationToken cancellationToken)
    {
        var sent = time.GetTimestamp();
        RedisValue[] arguments = [holder.Id, epoch, duration.TotalSeconds, isNew ? "1" : "0"];
        var answer = await session.EvaluateAsync(RedisScript.Open, [keys.Leases, keys.Holders], arguments, cancellationToken).ConfigureAwait(false);
        if ((int)answer == 0) return false;
        holder.Renewed(sent, duration);
        return true;
    }
}
