using CeleryNet.Contracts;
using CeleryNet.Results;
using CeleryNet.Tasks;
using CeleryNet.Tests.Client.Doubles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Tests.Worker;

/// <summary>Client and worker of one host over the in-memory broker.</summary>
public sealed class RevokeOverMemoryTests
{
    [Fact]
    public async Task Revoke_ThroughTheHandle_EndsATaskThatWaits()
    {
        using var host = await StartAsync();
        var client = host.Services.GetRequiredService<ITaskClient>();
        var handle = await client.EnqueueAsync(Calls.Named("waits").With(options => options.Countdown = TimeSpan.FromSeconds(9)));

        await handle.RevokeAsync();

        var end = await handle.WaitAsync(TimeSpan.FromSeconds(5));
        (end.State, end.Error!.Type, end.Error.Message).Should().Be((TaskStates.Revoked, "TaskRevokedError", "revoked"));
        await host.StopAsync();
    }

    [Fact]
    public async Task Revoke_WithTerminate_EndsATaskThatRuns()
    {
        using var host = await StartAsync();
        var client = host.Services.GetRequiredService<ITaskClient>();
        var handle = await client.EnqueueAsync(Calls.Named("endless"));
        await Running.Task.Within();

        await handle.RevokeAsync(terminate: true);

        (await ((Func<Task>)(() => handle.GetAsync(Deadline.Usual))).Should().ThrowAsync<TaskRevokedException>()).WithMessage("*terminated*");
        await host.StopAsync();
    }

    private TaskCompletionSource Running { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<IHost> StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTaskQueue(queue => queue.UseInMemory().AddWorker(worker => worker.Concurrency = 2));
        builder.Services.AddSingleton(new TaskHandlerSet(typeof(RevokeOverMemoryTests), [new Handler("waits", this), new Handler("endless", this)]));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private sealed class Handler(string name, RevokeOverMemoryTests test) : TaskHandler
    {
        public override TaskDefinition Definition { get; } = new(name);

        public override async ValueTask InvokeAsync(TaskInvocation invocation)
        {
            test.Running.TrySetResult();
            await Task.Delay(Timeout.Infinite, invocation.Context.CancellationToken);
        }
    }
}
