using CeleryNet.Contracts;
using CeleryNet.Tests.Client.Doubles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Hosting;

public sealed class TaskQueueHealthCheckTests
{
    private readonly FakeTimeProvider _time = new();
    private Func<CancellationToken, Task> _pingBroker = _ => Task.CompletedTask;
    private Func<CancellationToken, Task> _pingResults = _ => Task.CompletedTask;

    [Fact]
    public async Task Check_AllAnswer_IsHealthy()
    {
        var report = await CheckAsync();

        report.Status.Should().Be(HealthStatus.Healthy);
        report.Entries.Keys.Should().BeEquivalentTo("taskqueue-broker", "taskqueue-results", "taskqueue-worker", "taskqueue-beat");
        report.Entries["taskqueue-broker"].Tags.Should().Equal("ready");
    }

    [Fact]
    public async Task Check_BrokerIsDown_SaysWhyWithoutPassword()
    {
        _pingBroker = _ => throw new BrokerUnavailableException("CN3001", "amqp://user:secret@broker:5672/ refused the connection");

        var entry = (await CheckAsync()).Entries["taskqueue-broker"];

        entry.Status.Should().Be(HealthStatus.Unhealthy);
        entry.Description.Should().Contain("[CN3001]").And.Contain("refused").And.NotContain("secret");
    }

    [Fact]
    public async Task Check_ResultsDoNotAnswer_GivesUpAfterTheTimeout()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pingResults = _ =>
        {
            asked.SetResult();
            return new TaskCompletionSource().Task; // a client that overlooks its token
        };
        var checking = CheckAsync();
        await asked.Task.Within();

        _time.Advance(TimeSpan.FromSeconds(2));

        var entry = (await checking.Within()).Entries["taskqueue-results"];
        entry.Status.Should().Be(HealthStatus.Unhealthy);
        entry.Description.Should().Contain("2 s").And.Contain("[CN4003]");
    }

    private async Task<HealthReport> CheckAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_time);
        services.AddTaskQueue(queue => queue.UseBroker(_ => new RecordingBroker { Ping = _pingBroker }).UseResults(_ => new ScriptedResults { Ping = _pingResults }));
        services.AddHealthChecks().AddTaskQueue(tags: ["ready"], timeout: TimeSpan.FromSeconds(2)).AddTaskQueue();
        await using var provider = services.BuildServiceProvider();
        return await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();
    }
}
