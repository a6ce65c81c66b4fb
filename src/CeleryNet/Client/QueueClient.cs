using CeleryNet.Brokers;
using CeleryNet.Control;
using CeleryNet.Diagnostics;

namespace CeleryNet.Client;

/// <summary>The queues by the broker's powers to look into them and to remember that one is paused.</summary>
internal sealed class QueueClient(IBroker broker, IReadOnlyCollection<string> known, ControlClient control) : ITaskQueues
{
    private readonly PauseFlags? _pauses = PauseFlags.Of(broker);

    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        var named = broker is IQueueBrowser browser ? await browser.ListAsync(cancellationToken).ConfigureAwait(false) : [];
        return [.. known.Concat(named.Where(static name => !name.EndsWith(QueueDefinition.DeadLetterSuffix, StringComparison.Ordinal))).Distinct().Order(StringComparer.Ordinal)];
    }

    public async Task<QueueStatus> InspectAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(queue);
        var browser = Browser();
        var counts = await browser.InspectAsync(queue, cancellationToken).ConfigureAwait(false);
        return new QueueStatus
        {
            Name = queue,
            Ready = counts.Ready,
            Held = counts.Held,
            Delayed = counts.Delayed,
            Dead = await browser.CountAsync($"{queue}{QueueDefinition.DeadLetterSuffix}", cancellationToken).ConfigureAwait(false),
            IsPaused = _pauses is not null && await _pauses.IsPausedAsync(queue, cancellationToken).ConfigureAwait(false),
        };
    }

    public async Task<IReadOnlyList<QueuedTask>> PeekAsync(string queue, int limit, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(queue);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return [.. (await Browser().PeekAsync(queue, limit, cancellationToken).ConfigureAwait(false)).Select(Read)];
    }

    public async Task<long> PurgeAsync(string queue, long expected, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(queue);
        ArgumentOutOfRangeException.ThrowIfNegative(expected);
        var removed = await Browser().PurgeAsync(queue, expected, cancellationToken).ConfigureAwait(false);
        return removed > expected ? throw new PurgeRefusedException(queue, expected, removed) : removed;
    }

    public Task PauseAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(queue);
        return Pauses(queue).PauseAsync(queue, cancellationToken);
    }

    public Task ResumeAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(queue);
        return Pauses(queue).ResumeAsync(queue, cancellationToken);
    }

    private static QueuedTask Read(Delivery delivery)
    {
        var message = delivery.Message;
        return new QueuedTask
        {
            TaskId = message.Id,
            TaskName = message.TaskName,
            ArgsRepr = message.ArgsRepr,
            KwargsRepr = message.KwargsRepr,
            Eta = message.Eta,
            Expires = message.Expires,
            Priority = message.Priority,
            Retries = message.Retries,
            Queue = delivery.Queue,
            IsRedelivered = delivery.IsRedelivered,
            RootId = message.RootId,
            ParentId = message.ParentId,
            Origin = message.Origin,
            BodyBytes = message.Body.Length,
            Problem = message.Problem,
        };
    }

    private QueuePauses Pauses(string queue) => _pauses is { } flags
        ? new QueuePauses(flags, broker, control)
        : throw new TaskQueueException(ErrorCodes.NotSupported, $"Queue '{Printable.Limit(queue)}' can neither be paused nor go on: broker {broker.Address} cannot remember that. Use RabbitMQ, Redis or the in-memory broker.");

    private IQueueBrowser Browser() => broker as IQueueBrowser
        ?? throw new TaskQueueException(ErrorCodes.NotSupported, $"Broker {broker.Address} cannot look into its queues. Use the broker's own tools.");
}
