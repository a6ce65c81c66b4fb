using CeleryNet.Brokers;
using CeleryNet.Events;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Client.Doubles;

/// <summary>A client over <see cref="RecordingBroker"/> and <see cref="ScriptedResults"/>, wired as a host wires it.</summary>
internal sealed class ClientHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    internal ClientHost(Action<TaskQueueBuilder>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddTaskQueue(queue =>
        {
            queue.UseBroker(_ => Broker).UseResults(_ => Results);
            configure?.Invoke(queue);
        });
        _services = services.BuildServiceProvider();
    }

    internal FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero));

    internal RecordingBroker Broker { get; } = new();

    internal ScriptedResults Results { get; } = new();

    internal ITaskClient Client => _services.GetRequiredService<ITaskClient>();

    internal IEventReceiver Events => _services.GetRequiredService<IEventReceiver>();

    internal WireOptions Wire => _services.GetRequiredService<WireOptions>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

/// <summary>Signatures as generated code makes them.</summary>
internal static class Calls
{
    internal static readonly TaskDefinition AddDefinition = new("tasks.add");

    internal static Signature<int> Add(int x, int y) => new(AddDefinition, new TwoNumbers(x, y), WireConverters.Int32);

    internal static Signature<int> Add(TaskPolicy policy) => new(new TaskDefinition("tasks.add", policy), new TwoNumbers(2, 3), WireConverters.Int32);

    internal static Signature Named(string name, TaskPolicy? policy = null) => new(new TaskDefinition(name, policy), TaskArguments.None);

    internal static string Queue(this OutgoingMessage message) => message.Route.RoutingKey;

    private sealed class TwoNumbers(int x, int y) : TaskArguments
    {
        public override void WritePositional(ArgumentWriter writer)
        {
            writer.Positional(x, WireConverters.Int32);
            writer.Positional(y, WireConverters.Int32);
        }
    }
}
