using CeleryNet.Brokers;
using CeleryNet.Sql.Databases;

namespace CeleryNet.Sql.Scheduling;

/// <summary>The table of leases. Each change is one statement, so that the database decides between two who want the same.</summary>
internal static class LeaseTable
{
    internal static async ValueTask<LeaderTerm?> AcquireAsync(SqlSession session, string name, string holder, TimeSpan duration)
    {
        var token = await session.ScalarAsync<object>("acquire-lease", ("name", name), ("holder", holder), ("duration", Milliseconds(duration))).ConfigureAwait(false);
        return token is long number ? new LeaderTerm(name, holder, number, duration) : null;
    }

    internal static async ValueTask<bool> RenewAsync(SqlSession session, LeaderTerm term) =>
        await session.ExecuteAsync("renew-lease", ("name", term.Name), ("token", term.Token), ("duration", Milliseconds(term.Duration))).ConfigureAwait(false) > 0;

    internal static async ValueTask<bool> ReleaseAsync(SqlSession session, LeaderTerm term) =>
        await session.ExecuteAsync("release-lease", ("name", term.Name), ("token", term.Token)).ConfigureAwait(false) > 0;

    /// <summary>True while the term lasts, which stays so until the transaction ends.</summary>
    internal static async ValueTask<bool> IsLastingAsync(SqlSession session, LeaderTerm term) =>
        await session.ScalarAsync<object>("lease", ("name", term.Name), ("token", term.Token)).ConfigureAwait(false) is not null;

    private static long Milliseconds(TimeSpan duration) => (long)duration.TotalMilliseconds;
}
