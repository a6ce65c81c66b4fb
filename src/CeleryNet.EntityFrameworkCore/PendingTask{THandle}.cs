using System.Data.Common;
using CeleryNet.EntityFrameworkCore.Saving;

namespace CeleryNet;

/// <summary>A task that is sent when its context saves.</summary>
/// <typeparam name="THandle">Its handle: <see cref="TaskHandle{T}"/>, <see cref="TaskHandle"/> or <see cref="GroupHandle{T}"/>.</typeparam>
public sealed class PendingTask<THandle> : IPendingTask where THandle : class
{
    private readonly Func<ITaskClient, CancellationToken, Task<THandle>> _send;
    private THandle? _handle;

    internal PendingTask(string id, Func<ITaskClient, CancellationToken, Task<THandle>> send) => (Id, _send) = (id, send);

    /// <summary>
    /// The id that the task will have, of a group that of the group. It is known before the task is saved, so that an entity may keep it. Where the task is unique and turns out to be a duplicate, the id
    /// of the other one is in <see cref="Handle"/>.
    /// </summary>
    public string Id { get; }

    /// <summary>The handle of the task; there after <c>SaveChanges</c>. In a transaction of the application nothing runs before that commits.</summary>
    /// <exception cref="InvalidOperationException">It was not saved yet.</exception>
    public THandle Handle => _handle ?? throw new InvalidOperationException($"Task {Id} is not sent yet: its handle is there after SaveChanges.");

    DbTransaction? IPendingTask.SentIn { get; set; }

    async Task IPendingTask.SendAsync(ITaskClient client, CancellationToken cancellationToken) => _handle = await _send(client, cancellationToken).ConfigureAwait(false);
}
