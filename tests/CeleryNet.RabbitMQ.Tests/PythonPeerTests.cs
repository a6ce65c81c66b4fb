using System.Text;
using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.RabbitMQ.Results;
using CeleryNet.Results;

namespace CeleryNet.RabbitMQ.Tests;

/// <summary>Real Python Celery on the other side of the queue.</summary>
public sealed class PythonPeerTests : IAsyncLifetime
{
    private readonly QueueDefinition _queue = new($"tests-{Guid.NewGuid():N}");

    private string App =>
        $"""
        from celery import Celery
        app = Celery('peer', broker={Python.Text(TestServers.RabbitMQ)}, backend='rpc://')
        app.conf.update(task_default_queue={Python.Text(_queue.Name)}, worker_hijack_root_logger=False)

        @app.task(name='peer.add')
        def add(x, y):
            return x + y

        @app.task(name='peer.fail')
        def fail():
            raise ValueError('boom', 7)

        @app.task(name='peer.progress', bind=True)
        def progress(self):
            self.update_state(state='PROGRESS', meta=dict(done=1))
            return 'done'

        """;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Environment.GetEnvironmentVariable("CELERYNET_TEST_RABBITMQ") is null ? Task.CompletedTask : RawServer.DeleteAsync([_queue.Name]);

    [SkippableFact]
    public async Task Consume_TaskOfAPythonClient_IsReadAndAnsweredByRpc()
    {
        await using var broker = TestBrokers.Create();
        await using var results = new RpcResultBackend(broker, new RpcResultOptions());
        await using var consumer = await ConsumeAsync(broker);
        var client = Python.RunAsync(
            App,
            "r = app.send_task('cs.add', (2, 3), dict(k='ü'), priority=5, headers=dict(extra=dict(a=[1, None, 'b']), n=7), expires=60)",
            "print(r.get(timeout=20))");

        var delivery = await NextAsync(consumer);
        var message = delivery.Message;
        await results.StoreAsync(
            new TaskResult { TaskId = message.Id!, State = TaskStates.Started, Value = "{\"pid\":1}"u8.ToArray() }, new ReplyAddress(message.ReplyTo, message.CorrelationId), CancellationToken.None).Within();
        await results.StoreAsync(
            new TaskResult { TaskId = message.Id!, State = TaskStates.Success, Value = "5"u8.ToArray() }, new ReplyAddress(message.ReplyTo, message.CorrelationId), CancellationToken.None).Within();
        await consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None).Within();

        (await client).Should().Be("5");
        message.Problem.Should().BeNull();
        message.Should().BeEquivalentTo(new
        {
            TaskName = "cs.add",
            Language = "py",
            ArgsRepr = "(2, 3)",
            KwargsRepr = "{'k': 'ü'}",
            Priority = 5,
            IsPersistent = true,
            Retries = 0,
            IgnoreResult = false,
            ContentType = "application/json",
            ContentEncoding = "utf-8",
            TimeLimit = (TimeSpan?)null,
            Expiration = TimeSpan.FromSeconds(60),
            RootId = message.Id,
            CorrelationId = message.Id,
        });
        Encoding.UTF8.GetString(message.Body.Span).Should().StartWith("[[2, 3], {\"k\": \"\\u00fc\"}");
        message.CustomHeaders!["n"].Should().Be(7L);
        JsonSerializer.Serialize(message.CustomHeaders["extra"]).Should().Be("{\"a\":[1,null,\"b\"]}");
    }

    [SkippableFact]
    public async Task Consume_FailureSentByRpc_IsRaisedInPython()
    {
        await using var broker = TestBrokers.Create();
        await using var results = new RpcResultBackend(broker, new RpcResultOptions());
        await using var consumer = await ConsumeAsync(broker);
        var client = Python.RunAsync(
            App,
            "r = app.send_task('cs.fail')",
            "try:",
            "    r.get(timeout=20)",
            "except Exception as e:",
            "    print(type(e).__name__, e.args, r.traceback)");

        var delivery = await NextAsync(consumer);
        var failure = new TaskResult
        {
            TaskId = delivery.Message.Id!,
            State = TaskStates.Failure,
            Error = new RemoteError("InvalidOperationException", "[\"no such image\"]"u8.ToArray(), "System"),
            Traceback = "at Images",
        };
        await results.StoreAsync(failure, new ReplyAddress(delivery.Message.ReplyTo, delivery.Message.CorrelationId), CancellationToken.None).Within();
        await consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None).Within();

        (await client).Should().Be("InvalidOperationException ('no such image',) at Images");
    }

    [SkippableFact]
    public async Task Publish_ToAPythonWorker_RunsAndSendsEveryStateBack()
    {
        await using var broker = TestBrokers.Create();
        await using var results = new RpcResultBackend(broker, new RpcResultOptions());
        var replyTo = await results.OpenReplyQueueAsync(CancellationToken.None).Within();
        using var worker = Python.Start(App + "app.worker_main(['worker', '-P', 'solo', '--without-gossip', '--without-mingle', '-l', 'ERROR'])");
        var drain = Task.WhenAll(worker.StandardOutput.ReadToEndAsync(), worker.StandardError.ReadToEndAsync());
        try
        {
            var sum = await CallAsync("peer.add", "[[2,3],{},{\"callbacks\":null,\"errbacks\":null,\"chain\":null,\"chord\":null}]");
            var error = await CallAsync("peer.fail", Encoding.UTF8.GetString(TestMessages.EmptyBody));
            var progress = await CallAsync("peer.progress", Encoding.UTF8.GetString(TestMessages.EmptyBody));

            Text(sum[^1].Value).Should().Be("5");
            error[^1].State.Should().Be(TaskStates.Failure);
            error[^1].Error!.Type.Should().Be("ValueError");
            error[^1].Error!.Message.Should().Be("('boom', 7)");
            error[^1].Traceback.Should().Contain("ValueError");
            progress.Select(result => result.State).Should().Equal("PROGRESS", TaskStates.Success);
            Text(progress[0].Value).Should().Be("{\"done\": 1}");
        }
        finally
        {
            worker.Kill(entireProcessTree: true);
            await drain.Within();
        }

        async Task<List<TaskResult>> CallAsync(string task, string body)
        {
            var message = TestMessages.New(task, Encoding.UTF8.GetBytes(body));
            message.ReplyTo = replyTo;
            var states = new List<TaskResult>();
            var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var subscription = await results.SubscribeAsync(
                message.Id!,
                result =>
                {
                    states.Add(result);
                    if (result.IsReady) ready.TrySetResult();
                },
                CancellationToken.None);
            await broker.PublishAsync(message, Route.To(_queue), CancellationToken.None).Within();
            await ready.Task.Within(TimeSpan.FromSeconds(40));
            (await results.GetAsync(message.Id!, CancellationToken.None))!.State.Should().Be(states[^1].State);
            return states;
        }
    }

    [SkippableFact]
    public async Task Publish_AnyMessage_HasExactlyThePropertiesOfKombu()
    {
        await using var broker = TestBrokers.Create();
        await broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within();

        var read = await Python.RunAsync(
            "import json",
            "from kombu import Connection",
            $"with Connection({Python.Text(TestServers.RabbitMQ)}) as c:",
            $"    m = c.default_channel.basic_get({Python.Text(_queue.Name)}, no_ack=True)",
            "    p = dict(m.properties); h = p.pop('application_headers'); p.pop('correlation_id')",
            "    print(json.dumps([p, m.content_type, m.content_encoding, sorted(h)], sort_keys=True))");

        read.Should().Be(
            "[{\"content_encoding\": \"utf-8\", \"content_type\": \"application/json\", \"delivery_mode\": 2, \"priority\": 0, \"reply_to\": \"\"}, \"application/json\", \"utf-8\", "
            + "[\"argsrepr\", \"eta\", \"expires\", \"group\", \"group_index\", \"id\", \"ignore_result\", \"kwargsrepr\", \"lang\", \"origin\", \"parent_id\", \"retries\", \"root_id\", "
            + "\"shadow\", \"task\", \"timelimit\"]]");
    }

    private static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);

    // Starting Python with Celery takes a while on a busy machine.
    private static async Task<Delivery> NextAsync(IBrokerConsumer consumer) => await consumer.Deliveries.ReadAsync().AsTask().Within(TimeSpan.FromSeconds(40));

    private async Task<IBrokerConsumer> ConsumeAsync(RabbitMQBroker broker) =>
        await broker.ConsumeAsync(new ConsumerSettings { Queues = [_queue], Prefetch = 10, NodeName = "celery@tests" }, CancellationToken.None).Within();
}
