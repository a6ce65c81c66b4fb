using System.Diagnostics;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Client;

internal sealed partial class TaskClient
{
    private readonly SemaphoreSlim _openingReplyQueue = new(1);
    private ReplyQueue? _replyQueue;

    public Task<TaskHandle<T>> EnqueueAsync<T>(Signature<T> task, CancellationToken cancellationToken) =>
        SendAsync(task, static (client, task, message) => client.HandleOf((Signature<T>)task, message), cancellationToken);

    public Task<TaskHandle> EnqueueAsync(Signature task, CancellationToken cancellationToken) =>
        SendAsync(task, static (client, _, message) => client.HandleOf(message), cancellationToken);

    public Task<TaskHandle> EnqueueByNameAsync(
        string name, IReadOnlyList<object?>? args, IReadOnlyDictionary<string, object?>? kwargs, Action<CallOptions>? configure, CancellationToken cancellationToken) =>
        EnqueueAsync(NamedCall.Of(name, args, kwargs, configure), cancellationToken);

    public Task<TaskHandle<T>> EnqueueByNameAsync<T>(
        string name, IReadOnlyList<object?>? args, IReadOnlyDictionary<string, object?>? kwargs, Action<CallOptions>? configure, CancellationToken cancellationToken) =>
        EnqueueAsync(NamedCall.Of(name, args, kwargs, configure, TypeConverters.For<T>(_wire)), cancellationToken);

    private Task<THandle> SendAsync<THandle>(Signature signature, Func<TaskClient, Signature, TaskMessage, THandle> handle, CancellationToken cancellationToken) where THandle : TaskHandle =>
        signature?.Part is not null ? SendCanvasAsync(signature, handle, cancellationToken) : _filters is null ? SendAnyAsync(signature!, handle, cancellationToken) : SendFilteredAsync(_filters, signature!, handle, cancellationToken);

    // One state machine for both kinds of handle: this is the hot path.
    private async Task<THandle> SendNowAsync<THandle>(Signature signature, Func<TaskClient, Signature, TaskMessage, THandle> handle, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var message = _messages.Create(signature, out var route);
        using var activity = _telemetry.Start(message, route);
        var started = _telemetry.Timestamp();
        try
        {
            using var body = WireBuffer.Rent(); // given back only after the broker has done with it
            _messages.WriteBody(message, signature, body);
            Complete(message, activity);
            message.ReplyTo = _replyQueue is { } queue ? queue.Name : await OpenReplyQueueAsync(cancellationToken).ConfigureAwait(false);
            await _broker.PublishAsync(message, route, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _telemetry.Failed(activity, route, message.TaskName, started, error);
            throw;
        }

        _telemetry.Published(activity, message, route, started);
        _events?.Sent(message, route);
        Log.TaskSent(_logger, message.Id, message.TaskName, route.RoutingKey);
        CurrentTask.Context?.AddChild(message.Id!); // Create sets it
        return handle(this, signature, message);
    }

    private void Complete(TaskMessage message, Activity? activity)
    {
        CallHeaders.SetTrace(message, activity ?? Activity.Current);
        HeaderSize.Check(message, _wire);
    }

    // Asked once; a failure is not kept, so the next call tries again.
    private async ValueTask<string?> OpenReplyQueueAsync(CancellationToken cancellationToken)
    {
        await _openingReplyQueue.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _replyQueue ??= new ReplyQueue(await _results.OpenReplyQueueAsync(cancellationToken).ConfigureAwait(false));
            return _replyQueue.Name;
        }
        finally
        {
            _openingReplyQueue.Release();
        }
    }

    private TaskHandle HandleOf(TaskMessage message) => new(_source, message.Id!, message.TaskName, message.IgnoreResult == true); // Create sets the id

    private TaskHandle<T> HandleOf<T>(Signature<T> signature, TaskMessage message) =>
        new(_source, message.Id!, message.TaskName, message.IgnoreResult == true, signature.Result);

    // The answer of the result backend, which may be that it needs no queue.
    private sealed record ReplyQueue(string? Name);
}
