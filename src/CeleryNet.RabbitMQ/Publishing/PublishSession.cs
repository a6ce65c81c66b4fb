using CeleryNet.RabbitMQ.Connections;
using CeleryNet.RabbitMQ.Topology;
using RabbitMQ.Client;

namespace CeleryNet.RabbitMQ.Publishing;

/// <summary>One connection for publishing with its channel and what was declared on it.</summary>
internal sealed class PublishSession(RabbitMQConnection connection, IChannel channel, TopologyDeclarer topology) : IAsyncDisposable
{
    internal RabbitMQConnection Connection { get; } = connection;

    internal IChannel Channel { get; } = channel;

    internal TopologyDeclarer Topology { get; } = topology;

    /// <summary>When the broker last confirmed something, or the session began; a timestamp.</summary>
    internal long LastConfirm { get; set; }

    /// <summary>True once the broker confirmed something: the connection was good for something.</summary>
    internal bool HasConfirmed { get; set; }

    /// <summary>Sets up delayed delivery beside the writing; the last run of it.</summary>
    internal Task Preparing { get; set; } = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync().ConfigureAwait(false);
        await Preparing.ConfigureAwait(false);
    }
}
