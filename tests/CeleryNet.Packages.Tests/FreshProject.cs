namespace CeleryNet.Packages.Tests;

/// <summary>A project as a user would write it. It names the broker packages alone: the core and its generator must come along with them.</summary>
internal static class FreshProject
{
    /// <summary>Runs one task in the harness and on each broker. Arguments: URL of RabbitMQ, URL of Redis, a queue of its own, URL of PostgreSQL.</summary>
    public const string Program = """
        using CeleryNet;
        using CeleryNet.Testing;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;
        using Microsoft.Extensions.Logging;

        await using (var harness = await TaskQueueHarness.StartAsync(queue => queue.AddTasks()))
            Console.WriteLine($"harness: {await harness.RunAsync(MathTasks.AddTask(2, 3))}");
        await RunAsync("memory", "memory://", "memory://");
        await RunAsync("amqp", args[0], "rpc://");
        await RunAsync("redis", args[1], args[1]);
        await RunAsync("sqlite", "sqlite:///fresh.db", "sqlite:///fresh.db");
        await RunAsync("postgres", args[3], args[3]);

        async Task RunAsync(string name, string broker, string results)
        {
            var builder = Host.CreateApplicationBuilder();
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.Services.AddTaskQueue(queue => queue.UseBroker(broker).UseResults(results).DefaultQueue(args[2]).AddTasks().AddWorker(worker => worker.Queues(args[2])));
            using var host = builder.Build();
            await host.StartAsync();
            var five = await host.Services.GetRequiredService<ITaskClient>().EnqueueAsync(MathTasks.AddTask(2, 3));
            Console.WriteLine($"{name}: {await five.GetAsync(TimeSpan.FromSeconds(20))}");
            await host.StopAsync();
        }

        public static class MathTasks
        {
            [Task("math.add")] public static int Add(int x, int y) => x + y;
        }
        """;

    /// <summary>The project file.</summary>
    public static string Project(string version) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <InvariantGlobalization>true</InvariantGlobalization>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="CeleryNet.RabbitMQ" Version="{version}" />
            <PackageReference Include="CeleryNet.Redis" Version="{version}" />
            <PackageReference Include="CeleryNet.Sql" Version="{version}" />
            <PackageReference Include="CeleryNet.Testing" Version="{version}" />
            <PackageReference Include="Microsoft.Extensions.Hosting" Version="10.0.0" />
          </ItemGroup>
        </Project>
        """;
}
