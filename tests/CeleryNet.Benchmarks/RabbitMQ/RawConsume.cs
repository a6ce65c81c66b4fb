using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Redis;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CeleryNet.Benchmarks.RabbitMQ;

/// <summary>RabbitMQ.Client alone: prefetch 1 000, each message acknowledged by itself; with results, SET and PUBLISH to Redis before that.</summary>
internal sealed class RawConsume : IContender
{
    private const string ClassicQueue = "bench.raw.consume";

    private readonly RawPublisher _publisher;
    private readonly RawResults? _results;

    private readonly string _queue;

    private RawConsume(RawPublisher publisher, RawResults? results, string queue) => (_publisher, _results, _queue) = (publisher, results, queue);

    public string Name => _results is null ? $"RabbitMQ.Client, ack each{(Behind > 0 ? $", {Behind:N0} behind" : "")}" : "RabbitMQ.Client + StackExchange.Redis, ack each";

    /// <summary>So many messages more are in the queue behind those that are counted.</summary>
    internal int Behind { get; init; }

    internal static async Task<RawConsume> OpenAsync(bool withResults, bool isQuorum = false, int behind = 0)
    {
        var queue = isQuorum ? ClassicQueue + ".quorum" : ClassicQueue;
        var publisher = await RawPublisher.OpenAsync().ConfigureAwait(false);
        await RawConnection.DeclareAsync(publisher.Channel, queue, isQuorum).ConfigureAwait(false);
        return new RawConsume(publisher, withResults ? await RawResults.OpenAsync().ConfigureAwait(false) : null, queue) { Behind = behind };
    }

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        await _publisher.PublishAsync(_queue, RawConnection.Properties(operations + Behind), operations + Behind, deadline).ConfigureAwait(false);
        var connection = await RawConnection.OpenAsync("bench-raw-consume").ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var channel = await connection.CreateChannelAsync(cancellationToken: deadline).ConfigureAwait(false);
            await channel.BasicQosAsync(0, 1000, false, deadline).ConfigureAwait(false);
            var arrivals = new Arrivals(operations);
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += async (_, delivery) =>
            {
                arrivals.Begin();
                if (_results is null)
                {
                    await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, deadline).ConfigureAwait(false);
                    arrivals.End();
                    return;
                }

                // The next message does not wait for this one's result, or nothing would be in flight.
                _ = StoreAndAckAsync(channel, delivery.BasicProperties.CorrelationId!, delivery.DeliveryTag, arrivals, deadline);
            };
            await channel.BasicConsumeAsync(_queue, autoAck: false, consumer, deadline).ConfigureAwait(false);
            var sample = await arrivals.AllAsync(deadline).ConfigureAwait(false);
            await connection.CloseAsync(deadline).ConfigureAwait(false);
            if (_results is not null) await _results.ClearAsync().ConfigureAwait(false);
            if (Behind > 0) await _publisher.Channel.QueuePurgeAsync(_queue, deadline).ConfigureAwait(false);
            return sample;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _publisher.Channel.QueueDeleteAsync(_queue, ifUnused: false, ifEmpty: false).ConfigureAwait(false);
        await _publisher.DisposeAsync().ConfigureAwait(false);
        if (_results is not null) await _results.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StoreAndAckAsync(IChannel channel, string id, ulong tag, Arrivals arrivals, CancellationToken deadline)
    {
        try
        {
            await _results!.StoreAsync(id).ConfigureAwait(false);
            await channel.BasicAckAsync(tag, multiple: false, deadline).ConfigureAwait(false);
            arrivals.End();
        }
        catch (Exception error)
        {
            arrivals.Fail(error);
        }
    }
}
