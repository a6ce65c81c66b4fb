using CeleryNet.Benchmarks.Harness;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CeleryNet.Benchmarks.RabbitMQ;

/// <summary>Publishes with confirms and keeps count of them itself, as the client's own tracking costs more.</summary>
internal sealed class RawPublisher : IAsyncDisposable
{
    internal const int InFlight = 1000;

    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly SemaphoreSlim _window = new(InFlight, InFlight);
    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _early = []; // confirmed before an older one
    private ulong _confirmed;

    private RawPublisher(IConnection connection, IChannel channel)
    {
        (_connection, _channel) = (connection, channel);
        _channel.BasicAcksAsync += OnAck;
    }

    internal IChannel Channel => _channel;

    internal static async Task<RawPublisher> OpenAsync()
    {
        var connection = await RawConnection.OpenAsync("bench-raw-publish").ConfigureAwait(false);
        var options = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false);
        return new RawPublisher(connection, await connection.CreateChannelAsync(options).ConfigureAwait(false));
    }

    /// <summary>Publishes and returns when the broker confirmed all.</summary>
    /// <param name="queue">Where to.</param>
    /// <param name="properties">Properties of the messages; used again from the first on when there are fewer.</param>
    /// <param name="count">How many messages.</param>
    /// <param name="deadline">Ends every wait.</param>
    internal async Task PublishAsync(string queue, BasicProperties[] properties, int count, CancellationToken deadline)
    {
        for (var i = 0; i < count; i++) await PublishOneAsync(queue, properties[i % properties.Length], deadline).ConfigureAwait(false);
        for (var i = 0; i < InFlight; i++) await _window.WaitAsync(deadline).ConfigureAwait(false);
        _window.Release(InFlight);
    }

    /// <summary>Publishes and returns when the message is written; its confirm makes room in the window later.</summary>
    internal async ValueTask PublishOneAsync(string queue, BasicProperties properties, CancellationToken deadline)
    {
        await _window.WaitAsync(deadline).ConfigureAwait(false);
        await _channel.BasicPublishAsync("", queue, mandatory: true, properties, SampleMessages.Body, deadline).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.CloseAsync().ConfigureAwait(false);
        _connection.Dispose();
        _window.Dispose();
    }

    private Task OnAck(object sender, BasicAckEventArgs ack)
    {
        var released = 0;
        lock (_lock)
        {
            if (ack.Multiple)
            {
                for (; _confirmed < ack.DeliveryTag; released += _early.Remove(_confirmed) ? 0 : 1) _confirmed++;
            }
            else
            {
                released = 1;
                _early.Add(ack.DeliveryTag);
            }

            while (_early.Remove(_confirmed + 1)) _confirmed++;
        }

        if (released > 0) _window.Release(released);
        return Task.CompletedTask;
    }
}
