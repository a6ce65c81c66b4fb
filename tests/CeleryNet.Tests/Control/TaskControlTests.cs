using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;
using CeleryNet.Control;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Tests.Client.Doubles;
using CeleryNet.Tests.Serialization;
using CeleryNet.Tests.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CeleryNet.Tests.Control;

public sealed class TaskControlTests
{
    private static readonly BroadcastQueue Listener = new("w@h.celery.pidbox", new BroadcastExchange("celery.pidbox", "fanout", false));

    [Theory]
    [InlineData("c526/control/revoke-no-reply")]
    [InlineData("c563/control/revoke-no-reply")]
    public async Task Revoke_OfOneTask_IsTheRequestThatCelerySends(string golden)
    {
        var expected = Request(golden);
        var id = expected.GetProperty("arguments").GetProperty("task_id").GetString()!;

        var (message, body) = await SentAsync(control => control.RevokeAsync([id]));

        JsonElement.DeepEquals(body, expected).Should().BeTrue();
        (message.Exchange, message.RoutingKey, message.ContentType, message.ContentEncoding).Should().Be((Listener.Exchange, "", "application/json", "utf-8"));
        message.Headers.Keys.Should().BeEquivalentTo("clock", "expires");
    }

    [Theory]
    [InlineData("c526/control/revoke-many")]
    public async Task Revoke_OfSeveralTasks_IsTheRequestThatCelerySends(string golden)
    {
        var expected = Request(golden);
        string[] ids = [.. expected.GetProperty("arguments").GetProperty("task_id").EnumerateArray().Select(id => id.GetString()!)];

        var (_, body) = await SentAsync(control => control.RevokeAsync(ids));

        JsonElement.DeepEquals(body.GetProperty("arguments"), expected.GetProperty("arguments")).Should().BeTrue();
    }

    [Theory]
    [InlineData("c526/control/revoke-terminate")]
    public async Task Revoke_WithTerminate_IsTheRequestThatCelerySends(string golden)
    {
        var expected = Request(golden).GetProperty("arguments");

        var (_, body) = await SentAsync(control => control.RevokeAsync([expected.GetProperty("task_id").GetString()!], terminate: true));

        JsonElement.DeepEquals(body.GetProperty("arguments"), expected).Should().BeTrue();
    }

    [Theory]
    [InlineData("c563/control/revoke_by_stamped_headers")]
    public async Task RevokeByStamp_IsTheRequestThatCelerySends(string golden)
    {
        var expected = Request(golden);

        var (_, body) = await SentAsync(control => control.RevokeByStampAsync("tenant", ["t1"]));

        body.GetProperty("method").GetString().Should().Be(expected.GetProperty("method").GetString());
        JsonElement.DeepEquals(body.GetProperty("arguments"), expected.GetProperty("arguments")).Should().BeTrue();
    }

    [Fact]
    public async Task Revoke_WhereAStoreExists_IsStoredBeforeItIsSent()
    {
        var broker = new PowerfulBroker();
        var keptWhenSent = -1;
        await broker.ListenAsync(Listener, (_, _) => { keptWhenSent = broker.Kept.Count; return default; }, CancellationToken.None);

        await NewControl(broker, broker).RevokeAsync(["a", "b"], false, CancellationToken.None);
        await NewControl(broker, broker).RevokeByStampAsync("tenant", ["acme"], false, CancellationToken.None);

        broker.Kept.Should().Equal(
            (Revocation.OfTask("a"), TimeSpan.FromDays(7)), (Revocation.OfTask("b"), TimeSpan.FromDays(7)), (new Revocation("tenant", "acme"), TimeSpan.FromDays(7)));
        keptWhenSent.Should().Be(3);
    }

    [Fact]
    public async Task Revoke_BrokerWithoutBroadcasts_SaysSo()
    {
        await using var host = new ClientHost();

        var revoke = () => host.Client.GetHandle("some-id").RevokeAsync();

        (await revoke.Should().ThrowAsync<TaskQueueException>()).WithMessage("*no remote control*[CN6001]");
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task Revoke_EmptyId_IsRefused(string? id)
    {
        var control = NewControl(new PowerfulBroker(), null);

        await ((Func<Task>)(() => control.RevokeAsync([id!], false, CancellationToken.None))).Should().ThrowAsync<ArgumentException>();
        await ((Func<Task>)(() => control.RevokeAsync([new string('x', 256)], false, CancellationToken.None))).Should().ThrowAsync<ArgumentException>();
    }

    [Fact]
    public async Task Store_AskedForWhereNothingKeepsRevocations_FailsTheStart()
    {
        var services = new ServiceCollection();
        services.AddTaskQueue(queue => queue.UseInMemory().Configure(options => options.StoreRevocations = true));
        await using var provider = services.BuildServiceProvider();

        var ask = () => provider.GetRequiredService<ITaskControl>();

        ask.Should().Throw<TaskQueueConfigurationException>().WithMessage("*StoreRevocations*memory://*");
    }

    private static async Task<(Broadcast Message, JsonElement Body)> SentAsync(Func<ITaskControl, Task> send)
    {
        var received = new TaskCompletionSource<Broadcast>();
        await using var broker = new MemoryBroker(TimeProvider.System);
        await using var listener = await broker.ListenAsync(Listener, (message, _) => { received.TrySetResult(message); return default; }, CancellationToken.None);

        await send(NewControl(broker, null));

        var message = await received.Task.Within();
        return (message, JsonDocument.Parse(message.Body).RootElement);
    }

    private static TaskControl NewControl(IBroker broker, IRevocationStore? store) =>
        new(new ControlClient(broker, new LamportClock(), new WireOptions(), TimeProvider.System, NullLogger.Instance), store);

    private static JsonElement Request(string golden) =>
        JsonDocument.Parse(GoldenFile.Read(golden).GetProperty("request").GetProperty("message").GetProperty("body_text").GetString()!).RootElement;
}
