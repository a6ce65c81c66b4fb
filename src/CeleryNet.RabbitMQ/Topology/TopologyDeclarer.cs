using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using CeleryNet.Brokers;
using CeleryNet.RabbitMQ.Connections;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace CeleryNet.RabbitMQ.Topology;

/// <summary>
/// Declares queues as Celery does, on a channel of its own: a refusal closes the channel it was asked on, and neither publishing nor consuming shall notice. One per
/// connection, so that what it remembers ends with it.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The semaphore holds no handle, and a late asker may still wait for it.")]
internal sealed partial class TopologyDeclarer(RabbitMQConnection connection, TimeProvider time)
{
    private const string AlwaysThere = "amq.direct";

    // A producer in a loop must not turn a wrong declaration into a storm of channels.
    private static readonly TimeSpan RefusalKept = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, QueueDefinition> _declared = new();
    private readonly ConcurrentDictionary<string, (QueueDefinition Queue, TaskQueueConfigurationException Error, long Since)> _refused = new();
    private readonly ConcurrentDictionary<string, bool> _exchanges = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IChannel? _channel;

    internal bool IsDeclared(QueueDefinition queue) => _declared.TryGetValue(queue.Name, out var known) && (ReferenceEquals(known, queue) || known.Equals(queue));

    internal bool IsKnownExchange(string exchange) => exchange.Length == 0 || _exchanges.ContainsKey(exchange);

    /// <summary>The queue may be gone: the next publish to it declares it again.</summary>
    internal void Forget(QueueDefinition queue) => _declared.TryRemove(queue.Name, out _);

    /// <summary>Declares exchange, queue and binding.</summary>
    /// <exception cref="TaskQueueConfigurationException">The server has them with other properties.</exception>
    internal async Task DeclareAsync(QueueDefinition queue)
    {
        if (_refused.TryGetValue(queue.Name, out var refusal) && refusal.Queue.Equals(queue) && time.GetElapsedTime(refusal.Since) < RefusalKept) throw refusal.Error;
        try
        {
            await RunAsync(channel => DeclareAsync(channel, queue)).ConfigureAwait(false);
            foreach (var (_, destination) in _bound.Where(bound => bound.Value.Queue.Name == queue.Name)) await BindAsync(destination).ConfigureAwait(false); // it may have been deleted with the queue
        }
        catch (OperationInterruptedException error) when (DeclarationErrors.Read(error, queue, connection.Endpoint) is { } mismatch)
        {
            _refused[queue.Name] = (queue, mismatch, time.GetTimestamp());
            throw mismatch;
        }

        _declared[queue.Name] = queue;
        _exchanges[queue.Exchange] = true;
    }

    /// <summary>True when the exchange exists.</summary>
    internal async Task<bool> FindExchangeAsync(string exchange)
    {
        if (!await ExistsAsync(channel => channel.ExchangeDeclarePassiveAsync(exchange)).ConfigureAwait(false)) return false;
        _exchanges[exchange] = true;
        return true;
    }

    /// <summary>Declares the exchange of broadcasts.</summary>
    /// <exception cref="TaskQueueConfigurationException">The server has it with other properties.</exception>
    internal async Task DeclareAsync(BroadcastExchange exchange)
    {
        try
        {
            await RunAsync(channel => channel.ExchangeDeclareAsync(exchange.Name, exchange.Type, exchange.IsDurable, autoDelete: false)).ConfigureAwait(false);
        }
        catch (OperationInterruptedException error) when (DeclarationErrors.Read(error, exchange, connection.Endpoint) is { } mismatch)
        {
            throw mismatch;
        }

        _exchanges[exchange.Name] = true;
    }

    /// <summary>How many consumers the server counts for the queue; <c>null</c> when there is no such queue.</summary>
    internal async Task<uint?> CountConsumersAsync(string queue)
    {
        uint count = 0;
        return await ExistsAsync(async channel => count = (await channel.QueueDeclarePassiveAsync(queue).ConfigureAwait(false)).ConsumerCount).ConfigureAwait(false) ? count : null;
    }

    internal Task DeleteQueueAsync(string queue) => RunAsync(channel => channel.QueueDeleteAsync(queue));

    /// <summary>Asks for anything.</summary>
    internal Task PingAsync() => RunAsync(channel => channel.ExchangeDeclarePassiveAsync(AlwaysThere));

    private static async Task DeclareAsync(IChannel channel, QueueDefinition queue)
    {
        if (queue.Exchange.Length > 0)
            await channel.ExchangeDeclareAsync(queue.Exchange, queue.ExchangeType, queue.IsDurable, autoDelete: false).ConfigureAwait(false);
        await channel.QueueDeclareAsync(queue.Name, queue.IsDurable, exclusive: false, autoDelete: false, QueueArguments.Of(queue)).ConfigureAwait(false);
        if (queue.Exchange.Length > 0)
            await channel.QueueBindAsync(queue.Name, queue.Exchange, queue.RoutingKey).ConfigureAwait(false);
    }

    private async Task<bool> ExistsAsync(Func<IChannel, Task> ask)
    {
        try
        {
            await RunAsync(ask).ConfigureAwait(false);
            return true;
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode == CloseReasons.NotFound)
        {
            return false;
        }
    }

    private async Task RunAsync(Func<IChannel, Task> ask)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_channel is not { IsOpen: true }) _channel = await connection.OpenChannelAsync().ConfigureAwait(false);
            await connection.AskAsync(ask(_channel)).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }
}
