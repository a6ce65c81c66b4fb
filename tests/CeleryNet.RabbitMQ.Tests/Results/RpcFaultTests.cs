using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.RabbitMQ.Results;
using CeleryNet.Results;

namespace CeleryNet.RabbitMQ.Tests.Results;

public sealed class RpcFaultTests
{
    [SkippableFact]
    public async Task Store_WhileTheClientIsAway_ArrivesWhenItIsBack()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = TestBrokers.Create(url);
        await using var client = new RpcResultBackend(broker, new RpcResultOptions());
        await using var workerBroker = TestBrokers.Create();
        await using var worker = new RpcResultBackend(workerBroker, new RpcResultOptions());
        var task = TaskId.New();
        var arrived = new TaskCompletionSource<TaskResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var replyTo = await client.OpenReplyQueueAsync(CancellationToken.None).Within();
        await using var subscription = await client.SubscribeAsync(task, arrived.SetResult, CancellationToken.None).Within();

        proxy.Set(TcpProxyMode.Refuse);
        await worker.StoreAsync(new TaskResult { TaskId = task, State = TaskStates.Success, Value = "1"u8.ToArray() }, new ReplyAddress(replyTo, task), CancellationToken.None).Within();
        proxy.Set(TcpProxyMode.Pass);

        (await arrived.Task.Within()).State.Should().Be(TaskStates.Success);
    }

    [SkippableFact]
    public async Task Store_SenderIsGone_IsNoError()
    {
        await using var broker = TestBrokers.Create();
        await using var worker = new RpcResultBackend(broker, new RpcResultOptions());
        var result = new TaskResult { TaskId = TaskId.New(), State = TaskStates.Success };

        await worker.StoreAsync(result, new ReplyAddress(TaskId.New(), null), CancellationToken.None).Within();
        await worker.StoreAsync(result, new ReplyAddress("", null), CancellationToken.None).Within();
    }

    [SkippableFact]
    public async Task Dispose_OpenReplyQueue_IsRemoved()
    {
        await using var broker = TestBrokers.Create();
        var client = new RpcResultBackend(broker, new RpcResultOptions());
        var name = await client.OpenReplyQueueAsync(CancellationToken.None).Within();

        await client.DisposeAsync().AsTask().Within();

        var publish = async () => await broker.PublishAsync(TestMessages.New(), new Route("", name!, null), CancellationToken.None).Within();
        await publish.Should().ThrowAsync<PublishException>("there is no such queue any more");
    }

    [Fact]
    public void Create_OtherBroker_IsAConfigurationError()
    {
        var create = () => RpcResultBackendFactory.CreateResults(new NoServices(), ConnectionString.ParseAll("rpc://"));

        create.Should().Throw<TaskQueueConfigurationException>().WithMessage("*RabbitMQ*[CN1001]");
    }

    [Fact]
    public void Create_RpcWithAnAddress_IsAConfigurationError()
    {
        var create = () => RpcResultBackendFactory.CreateResults(new NoServices(), ConnectionString.ParseAll("rpc://u:S3cr3t!@host/"));

        create.Should().Throw<TaskQueueConfigurationException>().Which.Message.Should().Contain("rpc://").And.NotContain("S3cr3t!");
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
