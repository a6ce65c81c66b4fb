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
    private readonly BasicProperties[] _properties = RawConnection.Properties(256);
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
    internal async Task PublishAsync(string queue, int count, CancellationToken deadline)
    {
        for (var i = 0; i < count; i++)
        {
            await _window.WaitAsync(deadline).ConfigureAwait(false);
            await _channel.BasicPublishAsync("", queue, mandatory: true, _properties[i % _properties.Length], SampleMessages.Body, deadline).ConfigureAwait(false);
        }

        for (var i = 0; i < InFlight; i++) await _window.WaitAsync(deadline).ConfigureAwait(false);
        _window.Release(InFlight);
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
