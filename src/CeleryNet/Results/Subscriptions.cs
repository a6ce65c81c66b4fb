namespace CeleryNet.Results;

/// <summary>Several subscriptions as one. For stores that have nothing better for many tasks.</summary>
public sealed class Subscriptions : IAsyncDisposable
{
    private readonly IReadOnlyList<IAsyncDisposable> _all;

    private Subscriptions(IReadOnlyList<IAsyncDisposable> all) => _all = all;

    /// <summary>Subscribes to all at once; when one fails, none stays.</summary>
    /// <param name="taskIds">The tasks.</param>
    /// <param name="subscribe">Subscribes to one.</param>
    public static async Task<Subscriptions> AddAsync(IReadOnlyList<string> taskIds, Func<string, ValueTask<IAsyncDisposable>> subscribe)
    {
        ArgumentNullException.ThrowIfNull(taskIds);
        ArgumentNullException.ThrowIfNull(subscribe);
        var adding = new List<Task<IAsyncDisposable>>(taskIds.Count);
        foreach (var id in taskIds) adding.Add(AddAsync(subscribe, id));
        await ((Task)Task.WhenAll(adding)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var added = new Subscriptions([.. adding.Where(static one => one.IsCompletedSuccessfully).Select(static one => one.Result)]);
        if (adding.Find(static one => !one.IsCompletedSuccessfully) is not { } failed) return added;
        await added.DisposeAsync().ConfigureAwait(false);
        await failed.ConfigureAwait(false);
        return added; // never: the line before throws
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_all.Select(static one => one.DisposeAsync().AsTask())).ConfigureAwait(false);

    // In a state machine of its own, so that one that throws at once does not keep the others from being awaited.
    private static async Task<IAsyncDisposable> AddAsync(Func<string, ValueTask<IAsyncDisposable>> subscribe, string id) => await subscribe(id).ConfigureAwait(false);
}
