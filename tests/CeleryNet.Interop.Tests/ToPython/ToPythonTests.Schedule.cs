using CeleryNet.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Interop.Tests.ToPython;

/// <content>Periodic tasks.</content>
public abstract partial class ToPythonTests
{
    [SkippableFact]
    public async Task PeriodicTask_OfABeat_RunsInAPythonWorker()
    {
        await peers.ReadyAsync();
        var (first, second) = ($"first {Guid.NewGuid():n}", $"second {Guid.NewGuid():n}");
        var folder = Directory.CreateTempSubdirectory("celerynet-beat-");
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTaskQueue(queue => queue
            .UseBroker(peers.Transport.Broker).UseResults(peers.Transport.Results).DefaultQueue(peers.Queue)
            .AddBeat(beat =>
            {
                (beat.Name, beat.StateFile) = ($"beat-{Guid.NewGuid():n}", Path.Combine(folder.FullName, "beat.json"));
                beat.Add("by-name", Schedule.Every(TimeSpan.FromMilliseconds(300)), "py.anything", [first], new Dictionary<string, object?> { ["word"] = second });
            }));
        var host = builder.Build();
        await host.StartAsync();

        await Eventually.IsTrueAsync(() => Ends(first) >= 2, TimeSpan.FromSeconds(30));
        await host.StopAsync();

        peers.WorkerOutput.Split('\n').Should().Contain(line => line.Contains("succeeded") && line.Contains(first) && line.Contains(second), "the keyword argument arrived too");
        var status = (await host.Services.GetRequiredService<IBeatSchedule>().ListAsync()).Should().ContainSingle().Subject;
        status.TotalRuns.Should().BeGreaterThanOrEqualTo(2);
        await ((IAsyncDisposable)host).DisposeAsync();
        folder.Delete(recursive: true);

        int Ends(string word) => peers.WorkerOutput.Split('\n').Count(line => line.Contains("succeeded") && line.Contains(word));
    }
}
