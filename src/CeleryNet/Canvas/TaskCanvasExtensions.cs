using CeleryNet.Diagnostics;
using CeleryNet.Signatures;
using CeleryNet.Tasks;

namespace CeleryNet;

/// <summary>What a running task may do to the workflow it is a part of.</summary>
public static class TaskCanvasExtensions
{
    /// <summary>
    /// Ends the task here and lets another call, or a whole canvas, take its place: <c>return await context.ReplaceAsync(ImageTasks.ResizeTask(image, 64));</c> Celery's <c>self.replace</c>. The
    /// replacement ends under the task's own id, and all that was to follow the task, its chain, its chord and its callbacks, follows the replacement.
    /// </summary>
    /// <param name="context">The context of the running task.</param>
    /// <param name="signature">The replacement. One that ends in a group gives the list of its results.</param>
    /// <returns>Never: it always throws.</returns>
    /// <exception cref="TaskOutcomeException">Always; nothing but the worker should catch it. The replacement is sent when the task has ended, and confirmed before it is acknowledged.</exception>
    /// <exception cref="TaskQueueException">The replacement is a member of a chord of its own, or the context is not that of a worker.</exception>
    public static Task<T> ReplaceAsync<T>(this TaskContext context, Signature<T> signature) => throw Replacing(context, signature);

    /// <inheritdoc cref="ReplaceAsync{T}"/>
    public static Task ReplaceAsync(this TaskContext context, Signature signature) => throw Replacing(context, signature);

    /// <summary>
    /// Adds a member to the chord that the running task is a member of, and sends it: Celery's <c>self.add_to_chord</c>. The body waits for it too; its result comes behind that of the task.
    /// </summary>
    /// <remarks>Should the task run again, it adds the same members again, which are known by their order: each counts once.</remarks>
    /// <param name="context">The context of the running task.</param>
    /// <param name="signature">The new member.</param>
    /// <param name="cancellationToken">Stops the wait for broker and store; the member may have been added nevertheless.</param>
    /// <returns>The id of the new member.</returns>
    /// <exception cref="TaskQueueException">The task is no member of a chord, or the result store counts none.</exception>
    /// <exception cref="BrokerUnavailableException">Broker or store cannot be reached. The task should fail and be retried: the chord may wait for the new member.</exception>
    public static async Task<string> AddToChordAsync(this TaskContext context, Signature signature, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signature);
        var document = Compile(context, signature, out var canvas);
        return await canvas.AddToChordAsync(document.ToBytes(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Adds members to the batch that the running task is a member of, and sends them, also when the batch was closed: it waits for them too.
    /// </summary>
    /// <remarks>Should the task run again, it adds the same members again, which are known by their order: each counts once.</remarks>
    /// <param name="context">The context of the running task.</param>
    /// <param name="members">The calls, or canvases, each of which counts as one member.</param>
    /// <param name="cancellationToken">Stops the wait for broker and store; members may have been added nevertheless.</param>
    /// <returns>The ids of the new members, in order.</returns>
    /// <exception cref="TaskQueueException">The task is no member of a batch, or this is a second run of it and the batch has ended.</exception>
    /// <exception cref="BrokerUnavailableException">Broker or store cannot be reached. The task should fail and be retried: the batch may wait for the new members.</exception>
    public static async Task<IReadOnlyList<string>> AddToBatchAsync(this TaskContext context, IEnumerable<Signature> members, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(members);
        ITaskCanvas? canvas = null;
        var documents = new List<ReadOnlyMemory<byte>>();
        foreach (var member in members)
        {
            ArgumentNullException.ThrowIfNull(member, nameof(members));
            documents.Add(Compile(context, member, out canvas).ToBytes());
        }

        return canvas is null ? [] : await canvas.AddToBatchAsync(documents, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds a member to the batch that the running task is a member of, and sends it.</summary>
    /// <inheritdoc cref="AddToBatchAsync(TaskContext, IEnumerable{Signature}, CancellationToken)"/>
    /// <param name="context">The context of the running task.</param>
    /// <param name="member">The call, or a canvas, which counts as one member.</param>
    /// <param name="cancellationToken">Stops the wait for broker and store; the member may have been added nevertheless.</param>
    /// <returns>The id of the new member.</returns>
    public static async Task<string> AddToBatchAsync(this TaskContext context, Signature member, CancellationToken cancellationToken = default) =>
        (await context.AddToBatchAsync([member], cancellationToken).ConfigureAwait(false))[0];

    private static TaskOutcomeException Replacing(TaskContext context, Signature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        var document = Compile(context, signature, out _);
        if (document.Options.Has(OptionNames.Chord))
        {
            throw new TaskQueueException(
                ErrorCodes.InvalidCanvas, $"Task '{context.Name}' (id {context.Id}) cannot be replaced by a member of another chord, which has a place of its own. Make a new signature.");
        }

        return new TaskOutcomeException(TaskOutcome.Replace(document.ToBytes()));
    }

    private static SignatureDocument Compile(TaskContext context, Signature signature, out ITaskCanvas canvas)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.OwnCanvas is not { Wire: { } wire } own)
            throw new TaskQueueException(ErrorCodes.NotSupported, $"Task '{context.Name}' runs outside of a worker that sends tasks, so nothing can replace it or be added to its chord.");
        canvas = own;
        return new SignatureCompiler(wire).Compile(signature);
    }
}
