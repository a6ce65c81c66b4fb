using System.Diagnostics;
using CeleryNet.Chaos.Tests.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Chaos.Tests.Steering;

/// <summary>Remote control when the broker was away: worker and client find each other again.</summary>
public abstract class ControlRestartTests(BrokerKind broker)
{
    private const string NodeName = "steered@localhost";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly ControlOptions Options = new() { Destinations = [NodeName] };

    [SkippableFact]
    public async Task Broker_GoneAndBack_TheWorkerAnswersWithinFiveSeconds()
    {
        await using var server = await PrivateServer.StartAsync(broker);
        using var worker = await StartAsync(server.Url, queue => queue.AddWorker(options => options.NodeName = NodeName));
        using var client = await StartAsync(server.Url, null);
        var inspector = client.Services.GetRequiredService<ITaskInspector>();
        (await inspector.PingAsync(Options)).Should().Equal(NodeName);

        await server.StopAsync();
        await server.StartAgainAsync();
        var back = Stopwatch.StartNew();
        while (!await AnswersAsync(inspector)) back.Elapsed.Should().BeLessThan(Limit);

        back.Elapsed.Should().BeLessThan(Limit);
        await client.StopAsync();
        await worker.StopAsync();
    }

    private static async Task<bool> AnswersAsync(ITaskInspector inspector)
    {
        try
        {
            return (await inspector.PingAsync(Options)).Count == 1;
        }
        catch (BrokerUnavailableException)
        {
            return false; // the client has not found the broker yet
        }
    }

    private static async Task<IHost> StartAsync(string url, Action<TaskQueueBuilder>? configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTaskQueue(queue =>
        {
            queue.UseBroker(url).DefaultQueue($"steering-{Guid.NewGuid():n}").Configure(options => options.PublishTimeout = TimeSpan.FromSeconds(1));
            configure?.Invoke(queue);
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}

/// <summary>Remote control over a RabbitMQ that was away.</summary>
public sealed class ControlRestartOverRabbitMQTests() : ControlRestartTests(BrokerKind.RabbitMQ);

/// <summary>Remote control over a Redis that was away.</summary>
public sealed class ControlRestartOverRedisTests() : ControlRestartTests(BrokerKind.Redis);
