using CeleryNet.Benchmarks.Harness;
using StackExchange.Redis;

namespace CeleryNet.Benchmarks.Redis;

internal static class RedisQueue
{
    private const int Batch = 200;

    /// <summary>Puts ready messages into a list, each with an id of its own.</summary>
    internal static async Task FillAsync(IDatabase database, string queue, int count, CancellationToken deadline)
    {
        await database.KeyDeleteAsync(queue).ConfigureAwait(false);
        for (var left = count; left > 0; left -= Batch)
        {
            var envelopes = SampleMessages.Envelopes(Math.Min(left, Batch), queue);
            await database.ListLeftPushAsync(queue, [.. envelopes.Select(envelope => (RedisValue)envelope)]).WaitAsync(deadline).ConfigureAwait(false);
        }
    }
}
