using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Signatures;
using CeleryNet.Tasks;

namespace CeleryNet.Client;

/// <summary>Makes batches, adds members to them and closes them. Thread-safe.</summary>
internal sealed class BatchSender(CanvasSender canvases, SignatureCompiler compiler, ResultSource source, ClientFilters? filters, Func<CancellationToken, ValueTask<string?>> openReplyQueue)
{
    /// <summary>Members that are added in one round trip, and sent in another.</summary>
    internal const int PartSize = 1000;

    internal ResultSource Source => source;

    internal ClientFilters? Filters => filters;

    private IBatchStore Store => source.Backend as IBatchStore ?? throw CanvasChecks.NoBatches(source.Backend);

    /// <summary>Makes a batch without members.</summary>
    /// <returns>Its id and its body.</returns>
    internal async Task<(string Id, ReadOnlyMemory<byte> Body)> CreateAsync(BatchSignature batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var store = Store;
        var id = TaskId.New();
        var body = BatchBody.Make(id, Compile(batch.Successes), Compile(batch.Failures), Compile(batch.Completions));
        CanvasChecks.Check(body, source.Backend);
        ReadOnlyMemory<byte> json = body.ToBytes();
        await store.SetSizeAsync(id, 1, cancellationToken).ConfigureAwait(false);
        await source.Backend.StoreAsync(new TaskResult { TaskId = id, State = BatchBody.Running, Value = json }, default, cancellationToken).ConfigureAwait(false);
        return (id, json);
    }

    /// <summary>The body of a batch that somebody else made.</summary>
    /// <exception cref="TaskQueueException">It is not known, or has ended.</exception>
    internal async ValueTask<ReadOnlyMemory<byte>> FindBodyAsync(string batchId, CancellationToken cancellationToken)
    {
        _ = Store;
        var state = await source.Backend.GetAsync(batchId, cancellationToken).ConfigureAwait(false);
        return state is { State: BatchBody.Running } ? state.Value : throw NotOpen(batchId);
    }

    /// <summary>Prepares a member; nothing is sent.</summary>
    /// <exception cref="MessageFormatException">It cannot be sent.</exception>
    internal async ValueTask PrepareAsync(BatchPart part, string batchId, ReadOnlyMemory<byte> body, Signature member, CancellationToken cancellationToken)
    {
        var document = compiler.Compile(member);
        if (CanvasShape.EndsInGroup(document)) document = CanvasShape.AsOne(document);
        if (CanvasChecks.Check(document, source.Backend) && !member.TryMarkSent()) throw CanvasChecks.SentTwice(member);
        BatchBody.SetPlace(document, batchId, BatchBody.PlaceOf(TaskId.New()), body);
        var replyTo = await openReplyQueue(cancellationToken).ConfigureAwait(false);
        var parent = CurrentTask.Context;
        part.Add(CanvasPlanner.Plan(document, new CanvasCall { ReplyTo = replyTo, RootId = parent?.RootId, ParentId = parent?.Id }));
    }

    /// <summary>Adds members and sends them.</summary>
    /// <exception cref="TaskQueueException">The batch takes none any more; nothing was sent.</exception>
    internal async Task SendAsync(BatchPart part, string batchId, CancellationToken cancellationToken)
    {
        if (!await Store.AddMembersAsync(batchId, part.Ids, BatchBody.ClosingId(batchId), cancellationToken).ConfigureAwait(false)) throw NotOpen(batchId);
        await canvases.PublishAsync(part.Plan, cancellationToken).ConfigureAwait(false);
        if (CurrentTask.Context is not { } parent) return;
        foreach (var result in part.Results) parent.AddChild(result.Root.ToBytes());
    }

    /// <summary>Sends the member that closes the batch. Sent twice, it is the same one.</summary>
    internal Task CloseAsync(string batchId, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        canvases.SendAsync(BatchBody.Closing(batchId, body), new CanvasCall(), cancellationToken);

    /// <summary>How far a batch is.</summary>
    /// <exception cref="TaskQueueException">Nothing is known of it.</exception>
    internal async Task<BatchProgress> GetProgressAsync(string batchId, CancellationToken cancellationToken)
    {
        var count = await Store.GetBatchAsync(batchId, BatchBody.ClosingId(batchId), cancellationToken).ConfigureAwait(false);
        if (count.IsKnown) return new BatchProgress(count.Added, count.Ended, count.Failed, count.IsClosed || !count.IsCounting, count.HasEnded);
        var state = await source.Backend.GetAsync(batchId, cancellationToken).ConfigureAwait(false) ?? throw new TaskQueueException(
            ErrorCodes.InvalidCanvas, $"Nothing is known of batch {Printable.Limit(batchId)} in the result store {source.Backend.Address}: it was made elsewhere, or its results have expired. Check id and store.");
        return new BatchProgress(0, 0, 0, state.IsReady, state.IsReady); // a batch without members that Python has ended
    }

    internal static TaskQueueException NotOpen(string batchId) => new(
        ErrorCodes.InvalidCanvas,
        $"Nothing was added to batch {Printable.Limit(batchId)}, as it is closed, has ended or is not known. Add members before CloseAsync, or inside of a running member by context.AddToBatchAsync.");

    private List<SignatureDocument> Compile(IReadOnlyList<Signature> callbacks) => [.. callbacks.Select(compiler.Compile)];
}
