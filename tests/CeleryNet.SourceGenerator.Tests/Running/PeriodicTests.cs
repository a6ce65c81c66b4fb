using CeleryNet.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet.SourceGenerator.Tests.Running;

/// <summary>What <c>[Periodic]</c> becomes.</summary>
public sealed class PeriodicTests
{
    [Fact]
    public void Attributes_BecomePeriodicTasksOfTheRegistry()
    {
        var services = new ServiceCollection();

        CeleryNetSourceGeneratorTestsTasksRegistry.AddServices(services);

        var set = services.Select(service => service.ImplementationInstance).OfType<PeriodicTaskSet>().Should().ContainSingle().Subject;
        set.Registry.Should().Be<CeleryNetSourceGeneratorTestsTasksRegistry>();
        var digest = TaskRunner.Handler("periodic.digest").Definition;
        set.Tasks.Should().Equal(
            new PeriodicTask(digest) { Cron = "0 8 * * mon", Zone = "Europe/Berlin" },
            new PeriodicTask(digest)
            {
                Every = TimeSpan.FromMinutes(5),
                Name = "often",
                Queue = "low",
                Expires = TimeSpan.FromMinutes(4),
                Misfire = MisfirePolicy.Skip,
                Jitter = TimeSpan.FromSeconds(10),
                MaxRuns = 7,
            },
            new PeriodicTask(digest) { Cron = "0 20 * * *", Name = "evening", Misfire = MisfirePolicy.CatchUp, CatchUpLimit = 3 });
    }

    [Fact]
    public async Task Entries_SentWithoutArguments_RunWithTheDefaults() => (await TaskRunner.RunAsync("periodic.digest", "[]")).Should().Be("\"week\"");
}
