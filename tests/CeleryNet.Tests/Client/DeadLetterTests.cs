using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Tests.Client;

/// <summary>From a task that is given up to its replay, on the embedded broker.</summary>
public sealed class DeadLetterTests : IAsyncLifetime
{
    private readonly Worker _handler = new();
    private IHost _host = null!; // set by InitializeAsync

    private IDeadLetters Letters => _host.Services.GetRequiredService<IDeadLetters>();

    private ITaskClient Client => _host.Services.GetRequiredService<ITaskClient>();

    public async Task InitializeAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTaskQueue(queue => queue.UseInMemory().AddWorker());
        builder.Services.AddSingleton(new TaskHandlerSet(typeof(Worker), [_handler]));
        _host = builder.Build();
        await _host.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    [Fact]
    public async Task List_TaskThatRejectedItself_ShowsWhatItWas()
    {
        var handle = await Client.EnqueueByNameAsync("work", [1, "a"], configure: o => o.Headers["tenant"] = "acme");
        await CountReachesAsync(1);

        var letter = (await Letters.ListAsync("celery")).Should().ContainSingle().Subject;

        (letter.TaskId, letter.TaskName, letter.Reason, letter.Queue, letter.ArgsRepr).Should().Be((handle.Id, "work", "not today", "celery", "(1, 'a')"));
        letter.DiedAt.Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task List_UnknownTask_ShowsItsError()
    {
        await Client.EnqueueByNameAsync("who.knows");
        await CountReachesAsync(1);

        var letter = (await Letters.ListAsync("celery")).Should().ContainSingle().Subject;

        (letter.Reason, letter.Error).Should().Be(("no worker has a handler for it", "NotRegistered: who.knows"));
    }

    [Fact]
    public async Task Replay_All_RunsThemAgainUnderTheirIds()
    {
        var handle = await Client.EnqueueByNameAsync<int>("work", [1]);
        await CountReachesAsync(1);
        _handler.Rejects = false;

        var sent = await Letters.ReplayAsync("celery");

        sent.Should().Be(1);
        (await handle.GetAsync(TimeSpan.FromSeconds(10))).Should().Be(7);
        (await Letters.CountAsync("celery")).Should().Be(0);
        _handler.Last!.Headers.Should().NotContainKey(TaskHeaders.Death);
    }

    [Fact]
    public async Task Replay_Some_LeavesTheOthers()
    {
        var first = await Client.EnqueueByNameAsync("work", [1]);
        var second = await Client.EnqueueByNameAsync("work", [2]);
        await CountReachesAsync(2);
        _handler.Rejects = false;

        var sent = await Letters.ReplayAsync("celery", letter => letter.TaskId == second.Id);

        sent.Should().Be(1);
        (await Letters.ListAsync("celery")).Select(letter => letter.TaskId).Should().Equal(first.Id);
    }

    [Fact]
    public async Task Purge_RemovesThem()
    {
        await Client.EnqueueByNameAsync("work");
        await CountReachesAsync(1);

        (await Letters.PurgeAsync("celery")).Should().Be(1);

        (await Letters.CountAsync("celery")).Should().Be(0);
    }

    private Task CountReachesAsync(int count) =>
        Eventually.IsTrueAsync(async () => await Letters.CountAsync("celery") == count, TimeSpan.FromSeconds(10));

    private sealed class Worker : TaskHandler
    {
        internal bool Rejects { get; set; } = true;

        internal TaskContext? Last { get; private set; }

        public override TaskDefinition Definition { get; } = new("work");

        public override ValueTask InvokeAsync(TaskInvocation invocation)
        {
            Last = invocation.Context;
            if (Rejects) invocation.End(TaskOutcome.Reject(reason: "not today"));
            else invocation.Return(7, WireConverters.Int32);
            return default;
        }
    }
}
