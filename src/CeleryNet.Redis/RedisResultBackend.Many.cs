using CeleryNet.Results;
using StackExchange.Redis;

namespace CeleryNet.Redis;

/// <content>Many results at once.</content>
public sealed partial class RedisResultBackend : IManyResults
{
    private const int MostPerCommand = 1000; // so that one answer stays small beside the others on the connection

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<TaskResult?>> GetManyAsync(IReadOnlyList<string> taskIds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(taskIds);
        var results = new List<TaskResult?>(taskIds.Count);
        foreach (var chunk in taskIds.Chunk(MostPerCommand))
        {
            var keys = Array.ConvertAll(chunk, id => (RedisKey)KeyOf(id));
            foreach (var value in await RunAsync(session => session.Database.StringGetAsync(keys), cancellationToken).ConfigureAwait(false))
            {
                byte[]? document = value;
                results.Add(document is null ? null : ResultDocument.Read(document));
            }
        }

        return results;
    }

    /// <inheritdoc/>
    /// <remarks>Celery publishes each task on a channel of its own; they are subscribed in one go, and not one answer after the other.</remarks>
    public async ValueTask<IAsyncDisposable> SubscribeManyAsync(IReadOnlyList<string> taskIds, Action<TaskResult> observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(taskIds);
        return await Subscriptions.AddAsync(taskIds, id => SubscribeAsync(id, observer, cancellationToken)).ConfigureAwait(false);
    }
}
