using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.RabbitMQ.Publishing;
using CeleryNet.RabbitMQ.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CeleryNet.RabbitMQ.Leading;

/// <summary>
/// Publishes with confirmations on the connection that leads and on no other: what was not confirmed when the connection ended is told to the caller, and never sent again from here. Few messages
/// in comparison, so each is a task of its own. Thread-safe.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The semaphore holds no handle, and a late caller may still wait for it.")]
internal sealed class LeadPublisher
{
    private readonly RabbitMQConnection _connection;
    private readonly IChannel _channel;
    private readonly TopologyDeclarer _topology;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentDictionary<ulong, Waiting> _unconfirmed = new();
    private ulong _number;
    private ulong _confirmed;

    private LeadPublisher(RabbitMQConnection connection, IChannel channel, TopologyDeclarer topology)
    {
        (_connection, _channel, _topology) = (connection, channel, topology);
        channel.BasicAcksAsync += (_, ack) => OnAnswered(ack.DeliveryTag, ack.Multiple, isTaken: true);
        channel.BasicNacksAsync += (_, nack) => OnAnswered(nack.DeliveryTag, nack.Multiple, isTaken: false);
        channel.BasicReturnAsync += (_, returned) => OnReturned(returned);
        channel.ChannelShutdownAsync += (_, reason) => OnClosed(reason);
        _ = connection.Closed.ContinueWith(
            static (closed, self) => ((LeadPublisher)self!).End(closed.Result), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    internal static async Task<LeadPublisher> OpenAsync(RabbitMQConnection connection, TopologyDeclarer topology)
    {
        var channel = await connection.OpenChannelAsync(ConfirmMode.Options).ConfigureAwait(false);
        ConfirmMode.TakeOver(channel);
        return new LeadPublisher(connection, channel, topology);
    }

    /// <summary>Returns when the broker has the message.</summary>
    /// <exception cref="RefusedException">It does not have it, or nobody knows.</exception>
    internal async Task PublishAsync(MessageProperties properties, ReadOnlyMemory<byte> body, Route route, TimeSpan limit)
    {
        await DeclareAsync(route).ConfigureAwait(false);
        for (var isLast = false; ; isLast = true)
        {
            var waiting = new Waiting(properties.CorrelationId ?? "");
            await WriteAsync(properties, body, route, waiting).ConfigureAwait(false);
            try
            {
                await waiting.Done.Task.WaitAsync(limit).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Not one confirmation in all that time: nobody is there any more, whatever TCP says.
                _connection.Drop($"no confirmation within {limit.TotalSeconds:0.#} s");
                throw new RefusedException("it was sent but not confirmed", mayHaveBeenTaken: true);
            }

            if (!waiting.IsReturned) return;
            if (isLast || route.Queue is not { } queue) throw new RefusedException($"no queue is bound to exchange '{Printable.Limit(route.Exchange)}' with routing key '{Printable.Limit(route.RoutingKey)}'", mayHaveBeenTaken: false);
            _topology.Forget(queue); // it was deleted since it was declared
            await DeclareAsync(route).ConfigureAwait(false);
        }
    }

    private async Task DeclareAsync(Route route)
    {
        if (route.Queue is { } queue)
        {
            if (!_topology.IsDeclared(queue)) await _topology.DeclareAsync(queue).ConfigureAwait(false);
        }
        else if (!_topology.IsKnownExchange(route.Exchange) && !await _topology.FindExchangeAsync(route.Exchange).ConfigureAwait(false))
        {
            throw new RefusedException($"there is no exchange '{Printable.Limit(route.Exchange)}'", mayHaveBeenTaken: false); // publishing to it would close the channel
        }
    }

    private async Task WriteAsync(MessageProperties properties, ReadOnlyMemory<byte> body, Route route, Waiting waiting)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_connection.IsOpen || !_channel.IsOpen) throw new RefusedException("the connection was lost", mayHaveBeenTaken: false);
            _unconfirmed[++_number] = waiting; // before it is sent: the confirmation may be faster than the return of the call
            // Never with a token: cancelling would leave the client's channel in disorder.
            await _connection.AskAsync(_channel.BasicPublishAsync(route.Exchange, route.RoutingKey, mandatory: true, properties, body, CancellationToken.None).AsTask()).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not RefusedException)
        {
            _connection.Drop(CloseReasons.Describe(error)); // the numbers may no longer be the broker's
            throw new RefusedException(CloseReasons.Describe(error), mayHaveBeenTaken: true);
        }
        finally
        {
            _turn.Release();
        }
    }

    // Answers come one after the other.
    private Task OnAnswered(ulong number, bool isMultiple, bool isTaken)
    {
        for (var each = isMultiple ? _confirmed + 1 : number; each <= number; each++)
        {
            if (!_unconfirmed.TryRemove(each, out var waiting)) continue;
            if (isTaken) waiting.Done.TrySetResult();
            else waiting.Done.TrySetException(new RefusedException("it refused the message (nack), for example because the queue is full", mayHaveBeenTaken: false));
        }

        if (isMultiple) _confirmed = number;
        return Task.CompletedTask;
    }

    // The broker sends a message back before it confirms it.
    private Task OnReturned(BasicReturnEventArgs returned)
    {
        foreach (var waiting in _unconfirmed.Values)
        {
            if (waiting.TaskId == returned.BasicProperties.CorrelationId) waiting.IsReturned = true;
        }

        return Task.CompletedTask;
    }

    private Task OnClosed(ShutdownEventArgs reason)
    {
        if (reason.Initiator != ShutdownInitiator.Application) _connection.Drop(CloseReasons.Describe(reason));
        End(CloseReasons.Describe(reason));
        return Task.CompletedTask;
    }

    private void End(string reason)
    {
        foreach (var number in _unconfirmed.Keys)
        {
            if (_unconfirmed.TryRemove(number, out var waiting))
                waiting.Done.TrySetException(new RefusedException($"the connection was lost before it was confirmed ({reason})", mayHaveBeenTaken: true));
        }
    }

    private sealed class Waiting(string taskId)
    {
        internal string TaskId { get; } = taskId;

        internal bool IsReturned { get; set; }

        internal TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
