using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Signatures;
using CeleryNet.Tasks;

namespace CeleryNet.Client;

/// <content>Calls that others follow, and groups.</content>
internal sealed partial class TaskClient
{
    public async Task<GroupHandle<T>> EnqueueAsync<T>(GroupSignature<T> group, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(group);
        var result = await StartAsync(group, isOne: false, cancellationToken).ConfigureAwait(false);
        return new GroupHandle<T>(_source, result, group.MemberResult);
    }

    public async Task<GroupHandle<T>?> RestoreGroupAsync<T>(string groupId, WireConverter<T>? converter, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(groupId);
        var store = _results as IChordStore ?? throw CanvasChecks.NoGroups(_results);
        var tuple = await store.GetGroupAsync(groupId, cancellationToken).ConfigureAwait(false);
        return tuple.IsEmpty ? null : new GroupHandle<T>(_source, ResultNode.Read(tuple), converter ?? TypeConverters.For<T>(_wire));
    }

    private async Task<THandle> SendCanvasAsync<THandle>(Signature signature, Func<TaskClient, Signature, TaskMessage, THandle> handle, CancellationToken cancellationToken) where THandle : TaskHandle
    {
        if (_filters is null) return await SendCanvasNowAsync(signature, handle, cancellationToken).ConfigureAwait(false);
        return await _filters.SendAsync(
            new TaskSending(signature, cancellationToken), sending => SendCanvasNowAsync(signature, sending.Options, handle, cancellationToken)).ConfigureAwait(false);
    }

    private Task<THandle> SendCanvasNowAsync<THandle>(Signature signature, CallOptions options, Func<TaskClient, Signature, TaskMessage, THandle> handle, CancellationToken cancellationToken)
        where THandle : TaskHandle =>
        SendCanvasNowAsync(signature.WithOptions(options), (client, _, message) => handle(client, signature, message), cancellationToken);

    private async Task<THandle> SendCanvasNowAsync<THandle>(Signature signature, Func<TaskClient, Signature, TaskMessage, THandle> handle, CancellationToken cancellationToken) where THandle : TaskHandle
    {
        var result = await StartAsync(signature, isOne: true, cancellationToken).ConfigureAwait(false);
        var made = handle(this, signature, new TaskMessage { Id = result.Id, TaskName = signature.Name });
        made.Node = result;
        return made;
    }

    private async Task<ResultNode> StartAsync(Signature signature, bool isOne, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var canvas = _compiler.Compile(signature);
        if (isOne && CanvasShape.EndsInGroup(canvas)) canvas = CanvasShape.AsOne(canvas); // somebody waits for one result
        var hasFixedIds = CanvasChecks.Check(canvas, _results);
        if (hasFixedIds && !signature.TryMarkSent()) throw CanvasChecks.SentTwice(signature);
        try
        {
            var replyTo = _replyQueue is { } queue ? queue.Name : await OpenReplyQueueAsync(cancellationToken).ConfigureAwait(false);
            var parent = CurrentTask.Context;
            var result = await _canvas.SendAsync(canvas, new CanvasCall { ReplyTo = replyTo, RootId = parent?.RootId, ParentId = parent?.Id }, cancellationToken).ConfigureAwait(false);
            parent?.AddChild(result.Root.ToBytes());
            return result;
        }
        catch when (hasFixedIds)
        {
            signature.UnmarkSent(); // sent again under the same ids, it is the same tasks
            throw;
        }
    }
}
