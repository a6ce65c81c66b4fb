using System.Text;
using CeleryNet.Brokers;

namespace CeleryNet.Sql;

/// <content>Names that are set or not.</content>
public sealed partial class SqlBroker : IFlagStore
{
    private const int LongestFlag = 200; // what every flag store takes

    private static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(49);

    /// <inheritdoc/>
    public async ValueTask SetAsync(string name, TimeSpan? lifetime, CancellationToken cancellationToken)
    {
        CheckFlag(name);
        if (lifetime is { } wanted && (wanted < ShortestLifetime || wanted > LongestLifetime))
            throw new ArgumentOutOfRangeException(nameof(lifetime), lifetime, $"The lifetime must be from {ShortestLifetime} to {LongestLifetime}, or null.");
        long? milliseconds = lifetime is { } limited ? (long)limited.TotalMilliseconds : null;
        await ChangeAsync("the flag was not set", session => session.ExecuteAsync("set-flag", ("name", name), ("lifetime", milliseconds)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> IsSetAsync(string name, CancellationToken cancellationToken)
    {
        CheckFlag(name);
        return await AskAsync("the flag was not read", session => session.ScalarAsync<string>("flag", ("name", name)), cancellationToken).ConfigureAwait(false) is not null;
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(string name, CancellationToken cancellationToken)
    {
        CheckFlag(name);
        await ChangeAsync("the flag was not cleared", session => session.ExecuteAsync("clear-flag", ("name", name)), cancellationToken).ConfigureAwait(false);
    }

    private static void CheckFlag(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (Encoding.UTF8.GetByteCount(name) > LongestFlag) throw new ArgumentException($"The name of a flag has at most {LongestFlag} bytes of UTF-8.", nameof(name));
    }
}
