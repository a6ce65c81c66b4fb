using CeleryNet.Brokers;

namespace CeleryNet.RabbitMQ;

/// <content>Looking into queues, over a connection of its own.</content>
public sealed partial class RabbitMQBroker
{
    /// <inheritdoc/>
    public ValueTask<long> CountAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        return new ValueTask<long>(_browser.CountAsync(queue, cancellationToken));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// RabbitMQ has no way to look at a message without taking it, so it is taken and put back. Classic queues put it back to its place; quorum queues put it behind the others, so there the order
    /// is kept only when all are seen. Either way it counts as redelivered from then on: a worker takes such a task for one that was started before, which uses up one of its <c>MaxDeliveries</c>.
    /// Dead letters may be looked at as often as one likes, since a replay publishes them anew.
    /// </remarks>
    public ValueTask<IReadOnlyList<Delivery>> PeekAsync(string queue, int limit, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return new ValueTask<IReadOnlyList<Delivery>>(_browser.PeekAsync(queue, limit, cancellationToken));
    }

    /// <inheritdoc/>
    /// <remarks>What is put back counts as redelivered from then on; see <see cref="PeekAsync"/>.</remarks>
    public ValueTask<int> TakeAsync(string queue, int limit, Func<Delivery, CancellationToken, ValueTask<Settlement>> handler, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentNullException.ThrowIfNull(handler);
        return new ValueTask<int>(_browser.TakeAsync(queue, limit, handler, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        return new ValueTask<long>(_browser.PurgeAsync(queue, cancellationToken));
    }

    /// <inheritdoc/>
    /// <remarks>RabbitMQ can only remove all of a queue at once, so the messages are taken one by one: some thousands in a second.</remarks>
    public ValueTask<long> PurgeAsync(string queue, long most, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        return new ValueTask<long>(_browser.PurgeAsync(queue, most, cancellationToken));
    }

    /// <inheritdoc/>
    /// <remarks>Held and delayed are <c>null</c>: AMQP tells neither. The management plugin's pages show what is unacknowledged; what waits in the delayed queues is mixed there with that of other queues.</remarks>
    public async ValueTask<QueueCounts> InspectAsync(string queue, CancellationToken cancellationToken) => new(await CountAsync(queue, cancellationToken).ConfigureAwait(false), null, null);

    /// <inheritdoc/>
    /// <remarks>Always empty: AMQP cannot list queues.</remarks>
    public ValueTask<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken) => new([]);
}
