using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Results;

namespace CeleryNet.Tests.Worker;

/// <summary>Broker, consumer and result store in one, which note in one list what a worker does, in its order.</summary>
internal class RecordingBroker : IBroker, IBrokerConsumer, IResultBackend
{
    private readonly Channel<Delivery> _deliveries = Channel.CreateUnbounded<Delivery>();
    private readonly Channel<string> _steps = Channel.CreateUnbounded<string>();
    private readonly HashSet<Delivery> _stale = [];
    private int _asked;
    private int _generation = 1;

    /// <summary>Every result that was offered for storing, also while the store was down.</summary>
    internal List<TaskResult> Stored { get; } = [];

    /// <summary>How many of the next stores fail.</summary>
    internal int FailingStores { get; set; }

    /// <summary>The task whose results are refused while the store takes all others.</summary>
    internal string? Refused { get; set; }

    /// <summary>Every message that was taken, with its route.</summary>
    internal List<OutgoingMessage> Published { get; } = [];

    /// <summary>How many of the next publishes fail.</summary>
    internal int FailingPublishes { get; set; }

    /// <summary>What the store answers.</summary>
    internal TaskResult? Known { get; set; }

    /// <summary>When set, stores end only when this is completed.</summary>
    internal TaskCompletionSource? StoreGate { get; init; }

    internal List<int> Prefetches { get; } = [];

    public string Address => "recording://";

    public bool IsEnabled { get; init; } = true;

    public ChannelReader<Delivery> Deliveries => _deliveries.Reader;

    public ConsumerStatus Status => new(true, 1, null, 0);

    internal Delivery Deliver(TaskMessage message, bool isStale = false, bool isRedelivered = false)
    {
        var delivery = new Delivery { Message = message, Queue = "celery", RoutingKey = "celery", Generation = _generation, IsRedelivered = isRedelivered };
        if (isStale) _stale.Add(delivery);
        _deliveries.Writer.TryWrite(delivery).Should().BeTrue();
        return delivery;
    }

    /// <summary>Waits for the next step: <c>store STATE</c> or <c>Acknowledge</c>, <c>Requeue</c>, <c>Reject</c>.</summary>
    internal async Task<string> NextAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await _steps.Reader.ReadAsync(deadline.Token);
    }

    internal void Note(string step) => _steps.Writer.TryWrite(step);

    /// <summary>How often the worker has asked whether a delivery is still its own.</summary>
    internal int Asked => Volatile.Read(ref _asked);

    internal bool HasMore => _steps.Reader.TryPeek(out _);

    /// <summary>Loses the connection: what was delivered so far is no longer this consumer's.</summary>
    internal void Lose() => Interlocked.Increment(ref _generation);

    public bool IsCurrent(Delivery delivery)
    {
        Interlocked.Increment(ref _asked);
        return !_stale.Contains(delivery) && delivery.Generation == Volatile.Read(ref _generation);
    }

    public ValueTask SettleAsync(Delivery delivery, Settlement settlement, CancellationToken cancellationToken)
    {
        Note(IsCurrent(delivery) ? settlement.ToString() : $"lost {settlement}");
        return default;
    }

    public async ValueTask StoreAsync(TaskResult result, ReplyAddress reply, CancellationToken cancellationToken)
    {
        var copy = result with { Value = result.Value.ToArray() };
        lock (Stored) Stored.Add(copy);
        if (FailingStores > 0)
        {
            FailingStores--;
            Note("store failed");
            throw new BrokerUnavailableException("CN4003", "the store is down");
        }

        if (result.TaskId == Refused)
        {
            Note("store refused");
            throw new MessageFormatException("CN4003", "the store does not take this result");
        }

        if (StoreGate is { } gate) await gate.Task.WaitAsync(cancellationToken);
        Note($"store {result.State}");
    }

    public ValueTask StopAsync(CancellationToken cancellationToken)
    {
        _deliveries.Writer.TryComplete();
        return default;
    }

    public ValueTask SetPrefetchAsync(int count, CancellationToken cancellationToken)
    {
        lock (Prefetches) Prefetches.Add(count);
        return default;
    }

    public ValueTask<IBrokerConsumer> ConsumeAsync(ConsumerSettings settings, CancellationToken cancellationToken) => new(this);

    public ValueTask DeclareAsync(QueueDefinition queue, CancellationToken cancellationToken) => default;

    public ValueTask PublishAsync(TaskMessage message, Route route, CancellationToken cancellationToken)
    {
        if (FailingPublishes > 0)
        {
            FailingPublishes--;
            Note("publish failed");
            throw new PublishException("the broker is down", [message.Id ?? ""], mayHaveBeenTaken: false);
        }

        lock (Published) Published.Add(new OutgoingMessage(message, route));
        Note($"publish {route.RoutingKey}");
        return default;
    }

    public ValueTask PublishManyAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken) => default;

    public ValueTask PingAsync(CancellationToken cancellationToken) => default;

    public ValueTask<TaskResult?> GetAsync(string taskId, CancellationToken cancellationToken) => new(Known);

    public ValueTask<IAsyncDisposable> SubscribeAsync(string taskId, Action<TaskResult> observer, CancellationToken cancellationToken) => new(this);

    public ValueTask ForgetAsync(string taskId, CancellationToken cancellationToken) => default;

    public ValueTask<string?> OpenReplyQueueAsync(CancellationToken cancellationToken) => new((string?)null);

    public ValueTask DisposeAsync()
    {
        Note("disposed");
        return default;
    }
}
