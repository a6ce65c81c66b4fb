using System.Collections.Concurrent;
using CeleryNet.RabbitMQ.Delaying;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace CeleryNet.RabbitMQ.Topology;

/// <content>
/// The layout of delayed delivery. Declared in many small steps, each with the usual time for an answer and with room for others in between: a cluster needs seconds for 28 new quorum queues.
/// </content>
internal sealed partial class TopologyDeclarer
{
    private readonly ConcurrentDictionary<(string Suffix, string Queue), DelayedDestination> _bound = new();
    private readonly SemaphoreSlim _delayTurn = new(1, 1);
    private volatile bool _hasLayout;
    private volatile bool _hasDelivery;
    private (TaskQueueConfigurationException Error, long Since)? _refusedLayout;

    /// <summary>True when a message published with a delay comes out at this destination.</summary>
    internal bool IsReady(DelayedDestination destination) => _hasLayout && _bound.TryGetValue((destination.Suffix, destination.Queue.Name), out var known) && known.Queue.Equals(destination.Queue);

    /// <summary>Something of it was deleted: all of it is declared again.</summary>
    internal void ForgetDelayed()
    {
        _hasLayout = _hasDelivery = false;
        _bound.Clear();
    }

    /// <summary>Declares the layout, the destination's queue, and the binding between them.</summary>
    /// <exception cref="TaskQueueConfigurationException">The server has something of it with other properties.</exception>
    internal async Task DeclareDelayedAsync(DelayedDestination destination, string queueType)
    {
        await _delayTurn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_refusedLayout is { } refusal && time.GetElapsedTime(refusal.Since) < RefusalKept) throw refusal.Error;
            if (!IsDeclared(destination.Queue)) await DeclareAsync(destination.Queue).ConfigureAwait(false);
            if (!_hasLayout) await DeclareLayoutAsync(queueType).ConfigureAwait(false);
            await BindAsync(destination).ConfigureAwait(false);
            _bound[(destination.Suffix, destination.Queue.Name)] = destination;
        }
        catch (OperationInterruptedException error) when (DeclarationErrors.ReadDelayed(error, queueType, connection.Endpoint) is { } mismatch)
        {
            _refusedLayout = (mismatch, time.GetTimestamp());
            throw mismatch;
        }
        finally
        {
            _delayTurn.Release();
        }
    }

    /// <summary>Binds what a consumer takes from, so that delayed messages find a queue that was deleted and declared again. Needs no layout.</summary>
    /// <exception cref="TaskQueueConfigurationException">The server does not let it.</exception>
    internal async Task BindDelayedAsync(DelayedDestination destination, string queueType)
    {
        try
        {
            await BindAsync(destination).ConfigureAwait(false);
        }
        catch (OperationInterruptedException error) when (DeclarationErrors.ReadDelayed(error, queueType, connection.Endpoint) is { } mismatch)
        {
            throw mismatch;
        }
    }

    private async Task DeclareLayoutAsync(string queueType)
    {
        for (var level = 0; level < DelayedLayout.Levels; level++)
        {
            var current = level;
            await RunAsync(channel => DeclareLevelAsync(channel, current, queueType)).ConfigureAwait(false);
        }

        _hasLayout = true;
    }

    private static async Task DeclareLevelAsync(IChannel channel, int level, string queueType)
    {
        var name = DelayedLayout.NameOf(level);
        if (level == 0) await DeclareTopicAsync(channel, DelayedLayout.DeliveryExchange).ConfigureAwait(false);
        await DeclareTopicAsync(channel, name).ConfigureAwait(false);
        await channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, DelayedLayout.ArgumentsOf(level, queueType)).ConfigureAwait(false);
        await channel.QueueBindAsync(name, name, DelayedLayout.WaitKey(level)).ConfigureAwait(false);
        await channel.ExchangeBindAsync(DelayedLayout.AfterLevel(level), name, DelayedLayout.PassKey(level)).ConfigureAwait(false);
    }

    private static Task DeclareTopicAsync(IChannel channel, string exchange) => channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true, autoDelete: false);

    private static async Task DeclareDeliveryAsync(IChannel channel)
    {
        await DeclareTopicAsync(channel, DelayedLayout.DeliveryExchange).ConfigureAwait(false);
        await channel.ExchangeDeclareAsync(DelayedLayout.Undeliverable, ExchangeType.Fanout, durable: true, autoDelete: false).ConfigureAwait(false);
        var bounded = new Dictionary<string, object?> { ["x-max-length"] = DelayedLayout.MaxUndeliverable };
        await channel.QueueDeclareAsync(DelayedLayout.Undeliverable, durable: true, exclusive: false, autoDelete: false, bounded).ConfigureAwait(false);
        await channel.QueueBindAsync(DelayedLayout.Undeliverable, DelayedLayout.Undeliverable, "").ConfigureAwait(false);
        var otherwise = new Dictionary<string, object?> { ["alternate-exchange"] = DelayedLayout.Undeliverable };
        await channel.ExchangeDeclareAsync(DelayedLayout.QueueExchange, ExchangeType.Topic, durable: true, autoDelete: false, otherwise).ConfigureAwait(false);
        await channel.ExchangeBindAsync(DelayedLayout.QueueExchange, DelayedLayout.DeliveryExchange, DelayedLayout.AnyQueueKey).ConfigureAwait(false);
    }

    private Task BindAsync(DelayedDestination destination) => RunAsync(async channel =>
    {
        var queue = destination.Queue;
        if (!_hasDelivery) await DeclareDeliveryAsync(channel).ConfigureAwait(false);
        _hasDelivery = true;
        if (!destination.IsExchange)
        {
            await channel.QueueBindAsync(queue.Name, DelayedLayout.QueueExchange, destination.BindingKey).ConfigureAwait(false);
            return;
        }

        await channel.ExchangeBindAsync(queue.Exchange, DelayedLayout.DeliveryExchange, destination.BindingKey).ConfigureAwait(false);
        if (queue.ExchangeType == ExchangeType.Topic) await channel.QueueBindAsync(queue.Name, queue.Exchange, DelayedLayout.AnyDigits + queue.RoutingKey).ConfigureAwait(false);
    });
}
