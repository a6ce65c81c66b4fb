using System.Text.Json;
using CeleryNet.Results.Memory;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Tests.Client.Doubles;
using CeleryNet.Tests.Signatures;
using Microsoft.Extensions.DependencyInjection;
using static CeleryNet.Canvas;

namespace CeleryNet.Tests.Client;

/// <summary>Canvases and the client's filters, and unique tasks that have callbacks.</summary>
public sealed class CanvasFilterTests
{
    private static readonly TaskDefinition Unique = new("unique", null, new TaskConditions(static (in TaskBody _, WireOptions _) => ["a"]) { Unique = new UniqueRule { For = TimeSpan.FromMinutes(1) } });

    private readonly Tenant _filter = new();

    [Fact]
    public async Task Group_PassesTheFiltersOnceAndItsMembersHaveWhatTheySet()
    {
        await using var host = Host();

        var group = await host.Client.EnqueueAsync(Group(Py.Add(1, 1), Py.Add(2, 2)));

        _filter.Seen.Should().Equal("celery.group");
        _filter.Handles.Should().Equal(group.Id);
        host.Broker.Published.Select(sent => sent.Message.CustomHeaders!["tenant"]).Should().Equal("blue", "blue");
        group.Members.Select(member => member.Id).Should().Equal(host.Broker.Published.Select(sent => sent.Message.Id));
    }

    [Fact]
    public async Task Chain_PassesTheFiltersOnceAndItsStepsHaveWhatTheySet()
    {
        await using var host = Host();

        await host.Client.EnqueueAsync(Py.Add(1, 1) | Py.Add(Prev, 2) | Py.Add(Prev, 3));

        _filter.Seen.Should().Equal("celery.chain");
        var message = host.Broker.Only.Message;
        message.CustomHeaders!["tenant"].Should().Be("blue");
        foreach (var step in JsonDocument.Parse(message.Body).RootElement[2].GetProperty("chain").EnumerateArray())
            step.GetProperty("options").GetProperty("headers").GetProperty("tenant").GetString().Should().Be("blue");
    }

    [Fact]
    public async Task Canvas_WithAFixedId_IsRefusedTheSecondTimeBehindFiltersToo()
    {
        await using var host = Host();
        var chain = (Py.Add(1, 1) | Py.Add(Prev, 2)).With(options => options.TaskId = "mine");
        await host.Client.EnqueueAsync(chain);

        await host.Client.Invoking(client => client.EnqueueAsync(chain)).Should().ThrowAsync<MessageFormatException>().WithMessage("*was sent before*");
    }

    [Fact]
    public async Task Filter_ThatThrows_KeepsAGroupFromBeingSent()
    {
        await using var host = Host();
        _filter.Error = new InvalidOperationException("not now");

        await host.Client.Invoking(client => client.EnqueueAsync(Group(Py.Add(1, 1)))).Should().ThrowAsync<InvalidOperationException>().WithMessage("not now");
        host.Broker.Published.Should().BeEmpty();
    }

    [Fact]
    public async Task Batch_PassesItsMembersOneByOne()
    {
        await using var host = Host();
        var batch = await host.Client.CreateBatchAsync(Batch());

        await batch.AddAsync([Py.Add(1, 1), Py.Add(2, 2) | Py.Add(Prev, 1)]);

        _filter.Seen.Should().Equal("tasks.add", "celery.chain");
        host.Broker.Published.Select(sent => sent.Message.CustomHeaders!["tenant"]).Should().Equal("blue", "blue");
        (await batch.GetProgressAsync()).Total.Should().Be(2);
    }

    [Fact]
    public async Task Unique_WithCallbacks_IsSentOnceWithThem()
    {
        var services = new ServiceCollection();
        services.AddTaskQueue(queue => queue.UseInMemory());
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<ITaskClient>();
        var call = new Signature<int>(Unique, TaskArguments.None, WireConverters.Int32).Link(Py.OnOk(Prev)).LinkError(Py.OnError(Prev)).Stamp("tenant", "blue");

        var first = await client.EnqueueAsync(call);
        var second = await client.EnqueueAsync(call);
        var plain = await client.EnqueueAsync(new Signature(Unique, TaskArguments.None));

        first.IsDuplicate.Should().BeFalse();
        (second.Id, second.IsDuplicate).Should().Be((first.Id, true));
        (plain.Id, plain.IsDuplicate).Should().Be((first.Id, true), "the key is that of the call, whatever follows it");
        (await provider.GetRequiredService<ITaskQueues>().InspectAsync("celery")).Ready.Should().Be(1);
    }

    [Fact]
    public async Task Unique_InACanvas_IsNotLookedFor()
    {
        var services = new ServiceCollection();
        services.AddTaskQueue(queue => queue.UseInMemory());
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<ITaskClient>();
        var call = new Signature<int>(Unique, TaskArguments.None, WireConverters.Int32);

        var group = await client.EnqueueAsync(Group(call, call));

        group.Members.Select(member => member.Id).Should().OnlyHaveUniqueItems("something may wait for each of them");
        (await provider.GetRequiredService<ITaskQueues>().InspectAsync("celery")).Ready.Should().Be(2);
    }

    private ClientHost Host() => new(queue =>
    {
        queue.Services.AddSingleton(_filter);
        queue.UseResults(_ => new MemoryResultBackend(TimeProvider.System)).AddClientFilter<Tenant>();
    });

    private sealed class Tenant : ITaskClientFilter
    {
        internal List<string> Seen { get; } = [];

        internal List<string> Handles { get; } = [];

        internal Exception? Error { get; set; }

        public async Task InvokeAsync(TaskSending sending, TaskSendDelegate next)
        {
            Seen.Add(sending.Name);
            if (Error is not null) throw Error;
            sending.Options.Headers["tenant"] = "blue";
            Handles.Add((await next()).Id);
        }
    }
}
