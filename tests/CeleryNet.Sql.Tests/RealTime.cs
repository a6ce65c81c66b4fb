using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests;

/// <summary>The database's clock cannot be moved.</summary>
internal static class RealTime
{
    internal static async Task PassAsync(TimeSpan time, Func<Task<bool>>? reached)
    {
        await Task.Delay(time);
        if (reached is not null) await Eventually.IsTrueAsync(reached);
    }
}
