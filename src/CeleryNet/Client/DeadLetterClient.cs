using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Tasks;

namespace CeleryNet.Client;

/// <summary>Dead letters by the broker's power to look into queues.</summary>
internal sealed class DeadLetterClient(IBroker broker, QueueCatalog queues) : IDeadLetters
{
    public Task<long> CountAsync(string queue, CancellationToken cancellationToken) => Browser().CountAsync(DeadOf(queue), cancellationToken).AsTask();

    public async Task<IReadOnlyList<DeadLetter>> ListAsync(string queue, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var letters = await Browser().PeekAsync(DeadOf(queue), limit, cancellationToken).ConfigureAwait(false);
        return [.. letters.Select(letter => Read(letter, queue))];
    }

    public async Task<int> ReplayAsync(string queue, Func<DeadLetter, bool>? filter, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return await Browser().TakeAsync(DeadOf(queue), limit, ReplayOneAsync, cancellationToken).ConfigureAwait(false);

        async ValueTask<Settlement> ReplayOneAsync(Delivery delivery, CancellationToken stopping)
        {
            var letter = Read(delivery, queue);
            if (filter is not null && !filter(letter)) return Settlement.Requeue;
            await broker.PublishAsync(Alive(delivery.Message), Route.To(queues.Get(letter.Queue)), stopping).ConfigureAwait(false);
            return Settlement.Acknowledge;
        }
    }

    public Task<long> PurgeAsync(string queue, CancellationToken cancellationToken) => Browser().PurgeAsync(DeadOf(queue), cancellationToken).AsTask();

    private static string DeadOf(string queue)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(queue);
        return $"{queue}{QueueDefinition.DeadLetterSuffix}";
    }

    private static DeadLetter Read(Delivery delivery, string queue)
    {
        var message = delivery.Message;
        var info = DeadLetterInfo.Read(message);
        return new DeadLetter
        {
            TaskId = message.Id,
            TaskName = message.TaskName,
            Reason = info?.Reason ?? "unknown: it was put there by somebody else",
            Error = info?.Error,
            Starts = info?.Starts ?? 0,
            Retries = message.Retries,
            Attempts = AttemptHistory.Read(message),
            Queue = info is { Queue.Length: > 0 } ? info.Queue : queue,
            Exchange = info?.Exchange ?? "",
            RoutingKey = info?.RoutingKey ?? "",
            DiedAt = info?.DiedAt ?? DateTimeOffset.UnixEpoch,
            ArgsRepr = message.ArgsRepr,
            KwargsRepr = message.KwargsRepr,
        };
    }

    private static TaskMessage Alive(TaskMessage dead)
    {
        var message = dead.CopyWithSameBody();
        (message.Retries, message.Eta, message.Expires, message.Expiration, message.Problem) = (0, null, null, null, null);
        foreach (var own in new[] { TaskHeaders.Death, TaskHeaders.Starts, TaskHeaders.Attempts, TaskHeaders.UnknownSince }) message.SetHeader(own, null);
        return message;
    }

    private IQueueBrowser Browser() => broker as IQueueBrowser
        ?? throw new TaskQueueException(ErrorCodes.NotSupported, $"Broker {broker.Address} cannot look into its queues, so its dead letters cannot be listed here. Use the broker's own tools.");
}
