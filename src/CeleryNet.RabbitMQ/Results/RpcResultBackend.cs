using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.RabbitMQ.Publishing;
using CeleryNet.Results;
using CeleryNet.Serialization;

namespace CeleryNet.RabbitMQ.Results;

/// <summary>
/// Results that travel back to the sender through RabbitMQ, as Celery's <c>rpc://</c>. The worker publishes every state to the sender's reply queue; the sender keeps
/// what arrived in its memory, so only the process that sent a task can ask for its result, and a restart of it or of the broker loses them.
/// </summary>
public sealed class RpcResultBackend : IResultBackend, IResultAudience
{
    private readonly RabbitMQBroker _broker;
    private readonly RpcResultOptions _options;
    private readonly ResultShelf _shelf;
    private readonly string _replyQueue = TaskId.New();
    private readonly Lock _gate = new();
    private Task<ReplyQueue>? _open;
    private bool _isDisposed;

    internal RpcResultBackend(RabbitMQBroker broker, RpcResultOptions options)
    {
        (_broker, _options) = (broker, options);
        _shelf = new ResultShelf(options.MaxKeptResults, options.ResultExpires, broker.Time);
    }

    /// <inheritdoc/>
    public string Address => $"rpc through {_broker.Address}";

    /// <inheritdoc/>
    public bool IsEnabled => true;

    /// <summary>False: only the process that sent a task knows its state.</summary>
    public bool IsSharedByAll => false;

    /// <inheritdoc/>
    /// <remarks>A sender that is gone, or that wants no reply, is no error. The result counts as stored when the broker confirmed it.</remarks>
    public async ValueTask StoreAsync(TaskResult result, ReplyAddress reply, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (string.IsNullOrEmpty(reply.ReplyTo)) return;

        using var buffer = WireBuffer.Rent();
        ResultDocument.WriteReply(buffer.Json, result);
        buffer.Flush();
        try
        {
            var properties = MessageProperties.OfReply(string.IsNullOrEmpty(reply.CorrelationId) ? result.TaskId : reply.CorrelationId);
            var route = new Route("", reply.ReplyTo, null);
            await _broker.PublishAsync(properties, buffer.Memory, route, result.TaskId, isMandatory: false, cancellationToken).ConfigureAwait(false);
        }
        catch (PublishException error)
        {
            throw new BrokerUnavailableException(
                ErrorCodes.ResultsUnavailable, $"State {Printable.Limit(result.State)} of task '{Printable.Limit(result.TaskId)}' could not be sent to its sender: {error.Reason}", error);
        }
    }

    /// <inheritdoc/>
    public ValueTask<TaskResult?> GetAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        return new ValueTask<TaskResult?>(_shelf.Get(taskId));
    }

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> SubscribeAsync(string taskId, Action<TaskResult> observer, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        ArgumentNullException.ThrowIfNull(observer);
        await OpenReplyQueueAsync(cancellationToken).ConfigureAwait(false);
        return new Subscription(_shelf, taskId, observer);
    }

    /// <inheritdoc/>
    public ValueTask ForgetAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        _shelf.Forget(taskId);
        return default;
    }

    /// <inheritdoc/>
    public async ValueTask<string?> OpenReplyQueueAsync(CancellationToken cancellationToken)
    {
        Task<ReplyQueue> open;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            // A failed attempt is not kept: the next caller tries again.
            if (_open is null or { IsFaulted: true }) _open = ReplyQueue.OpenAsync(_broker, _options, _replyQueue, _shelf);
            open = _open;
        }

        return (await open.WaitAsync(cancellationToken).ConfigureAwait(false)).Name;
    }

    /// <inheritdoc/>
    public ValueTask PingAsync(CancellationToken cancellationToken) => _broker.PingAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task<ReplyQueue>? open;
        lock (_gate)
        {
            _isDisposed = true;
            (open, _open) = (_open, null);
        }

        if (open is null) return;
        await ((Task)open).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (open.IsCompletedSuccessfully) await (await open.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
    }

    private sealed class Subscription : IAsyncDisposable
    {
        private readonly ResultShelf _shelf;
        private readonly string _taskId;
        private readonly Action<TaskResult> _told;

        internal Subscription(ResultShelf shelf, string taskId, Action<TaskResult> observer)
        {
            (_shelf, _taskId) = (shelf, taskId);
            _told = result => observer(result); // an own delegate: the same observer may subscribe twice
            shelf.AddObserver(taskId, _told);
        }

        public ValueTask DisposeAsync()
        {
            _shelf.RemoveObserver(_taskId, _told);
            return default;
        }
    }
}
