using System.Text.Json;
using CeleryNet.Results;
using CeleryNet.Results.Memory;
using CeleryNet.Tests.Client.Doubles;
using CeleryNet.Tests.Signatures;
using static CeleryNet.Canvas;

namespace CeleryNet.Tests.Client;

/// <summary>What a batch sends, and what becomes of members whose broker or store does not answer.</summary>
public sealed class BatchHandleTests
{
    private static ClientHost Host() => new(queue => queue.UseResults(_ => new MemoryResultBackend(TimeProvider.System)));

    [Fact]
    public async Task Add_ThatTheBrokerDidNotAnswer_IsSentAgainUnderItsIdWithTheNextCall()
    {
        await using var host = Host();
        var batch = await host.Client.CreateBatchAsync(Batch());
        host.Broker.Failure = _ => new PublishException("no answer", [], mayHaveBeenTaken: true);
        await batch.Invoking(lost => lost.AddAsync(Py.Add(1, 1))).Should().ThrowAsync<PublishException>();
        host.Broker.Failure = _ => null;
        var before = host.Broker.Published.Count;

        var second = await batch.AddAsync(Py.Add(2, 2));
        await batch.CloseAsync();

        var sent = host.Broker.Published.Skip(before).Select(outgoing => outgoing.Message).ToList();
        sent.Select(message => message.TaskName).Should().Equal("tasks.add", "tasks.add", "celery.accumulate");
        sent[1].Id.Should().Be(second.Id);
        sent.Should().OnlyContain(message => message.GroupId == batch.Id);
        (await batch.GetProgressAsync()).Total.Should().Be(2, "what is counted is sent, and nothing twice");
    }

    [Fact]
    public async Task Add_OfACallThatIsNotValid_AddsNothing()
    {
        await using var host = Host();
        var batch = await host.Client.CreateBatchAsync(Batch());

        await batch.Invoking(wrong => wrong.AddAsync([Py.Add(1, 1), Py.Add(2, 2).With(options => options.TaskId = " ")])).Should().ThrowAsync<MessageFormatException>();

        host.Broker.Published.Should().BeEmpty();
        (await batch.GetProgressAsync()).Total.Should().Be(0);
    }

    [Fact]
    public async Task Body_HasTheIdOfTheBatchAndGoesWhereTheCallbacksGo()
    {
        await using var host = Host();
        var batch = await host.Client.CreateBatchAsync(Batch()
            .OnSuccess(Py.OnError(Prev).With(options => options.Queue = "callbacks")).OnCompletion(Py.OnError(Prev).With(options => options.Queue = "callbacks")).OnFailure(Py.OnError(Prev)));

        await batch.CloseAsync();

        var (message, route) = host.Broker.Only;
        (message.TaskName, message.IgnoreResult, route.RoutingKey).Should().Be(("celery.accumulate", true, "callbacks"));
        var body = JsonDocument.Parse(message.Body).RootElement[2].GetProperty("chord");
        var options = body.GetProperty("options");
        options.GetProperty("task_id").GetString().Should().Be(batch.Id);
        options.GetProperty("queue").GetString().Should().Be("callbacks");
        body.GetProperty("args")[0].GetString().Should().Be(batch.Id);
        (options.GetProperty("link").GetArrayLength(), options.GetProperty("link_error").GetArrayLength()).Should().Be((2, 2));
        options.GetProperty("link")[1].GetProperty("options").GetProperty("task_id").GetString()
            .Should().Be(options.GetProperty("link_error")[1].GetProperty("options").GetProperty("task_id").GetString(), "it is one callback, in whichever case it is sent");
    }

    [Fact]
    public async Task Create_WhereTheStoreCountsNoBatches_IsRefused()
    {
        await using var host = new ClientHost();

        await host.Client.Invoking(client => client.CreateBatchAsync(Batch())).Should().ThrowAsync<TaskQueueException>().WithMessage("*counts no batches*[CN1009]");
    }

    [Fact]
    public async Task Create_WithoutResults_IsRefused()
    {
        await using var host = new ClientHost(queue => queue.UseResults(_ => new DisabledResultBackend()));

        await host.Client.Invoking(client => client.CreateBatchAsync(Batch())).Should().ThrowAsync<TaskQueueException>().WithMessage("Results are disabled*[CN1009]");
    }
}
