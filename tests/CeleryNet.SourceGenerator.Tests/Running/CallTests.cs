using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet.SourceGenerator.Tests.Running;

public sealed class CallTests
{
    [Fact]
    public void TypedCall_IsASignatureWithNameAndArguments()
    {
        Signature<int> call = MathTasks.AddTask(2, 3);

        call.ToString().Should().Be("math.add(2, 3)");
    }

    [Fact]
    public void TypedCall_OfVoid_IsAPlainSignature()
    {
        FormTasks.NothingTask("a").GetType().Should().Be<Signature>();
    }

    [Fact]
    public void Policy_OfTheAttribute_IsInTheDefinition()
    {
        MathTasks.SumTask([1]).Definition.Policy.Should().Be(new TaskPolicy
        {
            Queue = "sums",
            Priority = 3,
            TimeLimit = TimeSpan.FromMinutes(5),
            SoftTimeLimit = TimeSpan.FromSeconds(270),
            Expires = TimeSpan.FromDays(1),
            IgnoreResult = true,
            TrackStarted = true,
            AckEarly = true,
        });
        MathTasks.AddTask(1).Definition.Policy.Should().Be(TaskPolicy.None);
    }

    [Fact]
    public void Definition_OfHandlerAndCall_IsTheSame()
    {
        TaskRunner.Handler("math.add").Definition.Should().BeSameAs(MathTasks.AddTask(1).Definition);
    }

    [Fact]
    public void RemoteTasks_HaveCallsAndNoHandlers()
    {
        Signature<string> call = IPythonImaging.ThumbnailTask("a.png");

        call.ToString().Should().Be("proj.tasks.thumbnail('a.png', 128)");
        call.Definition.Policy.Queue.Should().Be("img");
        IPythonImaging.ThumbnailTask("a.png", 1, 2).ToString().Should().Be("proj.tasks.thumbnail('a.png', 1, 2)");
        IPythonImaging.CleanTask().ToString().Should().Be("proj.tasks.clean()");
        CeleryNetSourceGeneratorTestsTasksRegistry.Handlers.Should().NotContain(handler => handler.Definition.Name.StartsWith("proj."));
    }

    [Fact]
    public void Handlers_AreInTheOrderOfTheirNames()
    {
        CeleryNetSourceGeneratorTestsTasksRegistry.Handlers.Select(handler => handler.Definition.Name).Should().BeInAscendingOrder(StringComparer.Ordinal);
    }

    [Fact]
    public void AddTasks_CalledTwice_RegistersOneSetOfHandlers()
    {
        var services = new ServiceCollection();
        // The builder is made by AddTaskQueue only; here it is wanted alone.
        var builder = (TaskQueueBuilder)Activator.CreateInstance(typeof(TaskQueueBuilder), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance, null, [services], null)!;

        builder.AddTasks().AddTasks();

        using var provider = services.BuildServiceProvider();
        new TaskHandlerTable(provider.GetServices<TaskHandlerSet>()).TryGet("math.add", out _).Should().BeTrue();
        services.Count(service => service.ServiceType == typeof(InjectedTasks)).Should().Be(1);
    }

    [Fact]
    public void AddServices_WhereTheUserHasRegistered_LeavesIt()
    {
        var services = new ServiceCollection();
        services.AddScoped(_ => new MarkedTasks(new FixedClock("mine")));

        CeleryNetSourceGeneratorTestsTasksRegistry.AddServices(services);

        services.BuildServiceProvider().CreateScope().ServiceProvider.GetRequiredService<MarkedTasks>().Tell().Should().Be("mine");
    }
}
