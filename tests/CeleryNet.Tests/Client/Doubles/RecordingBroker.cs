using CeleryNet.Brokers;
using CeleryNet.Messages;

namespace CeleryNet.Tests.Client.Doubles;

/// <summary>Keeps copies of what was published. Not a broker: for tests of what the client sends.</summary>
internal sealed class RecordingBroker : IBroker
{
    private readonly List<OutgoingMessage> _published = [];

    public string Address { get; init; } = "amqp://user:***@broker:5672/";

    public IReadOnlyList<OutgoingMessage> Published => _published;

    public List<int> Batches { get; } = [];

    public OutgoingMessage Only => _published.Should().ContainSingle().Subject;

    public Func<int, Exception?> Failure { get; set; } = _ => null;

    public Func<CancellationToken, Task> Ping { get; set; } = _ => Task.CompletedTask;

    public ValueTask PublishAsync(TaskMessage message, Route route, CancellationToken cancellationToken)
    {
        if (Failure(_published.Count) is { } error) throw error;
        _published.Add(new OutgoingMessage(message.Copy(), route));
        return default;
    }

    public ValueTask PublishManyAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        if (Failure(_published.Count) is { } error) throw error;
        Batches.Add(messages.Count);
        foreach (var (message, route) in messages) _published.Add(new OutgoingMessage(message.Copy(), route));
        return default;
    }

    public ValueTask PingAsync(CancellationToken cancellationToken) => new(Ping(cancellationToken));

    public ValueTask DeclareAsync(QueueDefinition queue, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IBrokerConsumer> ConsumeAsync(ConsumerSettings settings, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => default;
}
