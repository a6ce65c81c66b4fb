using System.Text;
using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Tasks;

namespace CeleryNet.Tests.Worker;

/// <summary>A worker named as the one whose replies were captured, and a client that reads what it answers.</summary>
internal sealed class ControlFixture : IAsyncDisposable
{
    private static readonly BroadcastExchange Replies = new("reply.celery.pidbox", "direct", false);

    private readonly List<Broadcast> _replies = [];

    internal ControlFixture()
    {
        Fixture = new WorkerFixture { Broker = Broker, Options = { NodeName = "w1@host" } }
            .Handle("tasks.add", _ => default)
            .Handle("slow", async invocation =>
            {
                Broker.Note("run");
                await Release.Task.WaitAsync(invocation.Context.CancellationToken);
            });
    }

    internal PowerfulBroker Broker { get; } = new();

    internal WorkerFixture Fixture { get; }

    internal TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal async Task<ControlFixture> StartAsync()
    {
        await Broker.ListenAsync(new BroadcastQueue("client.reply.celery.pidbox", Replies, "client"), Receive, CancellationToken.None);
        await Fixture.StartAsync();
        return this;
    }

    /// <summary>Sends a request as it stands; the replies to it, in their order.</summary>
    internal async Task<List<Broadcast>> SendAsync(string json)
    {
        lock (_replies) _replies.Clear();
        await Broker.ControlAsync(json); // the doubles call each other, so the reply is there when this returns
        lock (_replies) return [.. _replies];
    }

    /// <summary>Asks; the one reply of the one worker.</summary>
    internal async Task<JsonElement> AskAsync(string method, string arguments = "{}")
    {
        var replies = await SendAsync(
            $$$"""{"method": "{{{method}}}", "arguments": {{{arguments}}}, "ticket": "t", "reply_to": {"exchange": "reply.celery.pidbox", "routing_key": "client"}}""");
        return ReplyOf(replies.Should().ContainSingle().Subject);
    }

    /// <summary>The reply of the one worker.</summary>
    internal static JsonElement ReplyOf(Broadcast reply) => JsonElement.Parse(reply.Body.Span).EnumerateObject().Should().ContainSingle(node => node.Name == "w1@host").Subject.Value;

    /// <summary>Runs a task that ends when <see cref="Release"/> is set.</summary>
    internal async Task<TaskMessage> RunAsync(string arguments = "[]")
    {
        var message = WorkerFixture.Message("slow", arguments);
        Broker.Deliver(message);
        (await Broker.NextAsync()).Should().Be("run");
        return message;
    }

    public async ValueTask DisposeAsync()
    {
        Release.TrySetResult();
        await Fixture.DisposeAsync();
    }

    private ValueTask Receive(Broadcast message, CancellationToken cancellationToken)
    {
        lock (_replies) _replies.Add(message with { Body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(message.Body.Span)) });
        return default;
    }
}
