using System.Text.Json;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Tests.Worker;

namespace CeleryNet.Tests.Events;

/// <summary>Events without anything to escape have a way of their own, and must be the same as those that have none.</summary>
public sealed class PlainEventTests : IAsyncDisposable
{
    private const string Longest = "2147483647"; // the longest number of retries

    private readonly PowerfulBroker _broker = new();
    private readonly WorkerFixture _worker;

    public PlainEventTests()
    {
        _worker = new WorkerFixture { Broker = _broker };
        _worker.Options.SendTaskEvents = true;
    }

    [Fact]
    public async Task Plain_AndEscaped_HaveTheSameFieldsInTheSameOrder()
    {
        var plain = await LifeAsync("x");
        var escaped = await LifeAsync("é \"quoted\" \\");

        plain.Select(Type).Should().Equal("task-received", "task-started", "task-succeeded");
        plain.Select(GoldenEvent.Shape).Should().BeEquivalentTo(escaped.Select(GoldenEvent.Shape), options => options.WithStrictOrdering());
        escaped[0].GetProperty("args").GetString().Should().Be("('é \"quoted\" \\',)");
        (plain[2].GetProperty("result").GetString(), escaped[2].GetProperty("result").GetString()).Should().Be(("'x'", "'é \"quoted\" \\\\'"));
    }

    [Fact]
    public async Task Longest_PlainEvent_Fits()
    {
        var long1024 = new string('x', 1024);
        _worker.Handle("t.long", invocation => Return(invocation, 1));
        await _worker.StartAsync();

        _broker.Deliver(WorkerFixture.Message("t.long", change: sent =>
        {
            (sent.Id, sent.RootId, sent.ParentId, sent.ArgsRepr, sent.KwargsRepr) = (long1024, long1024, long1024, long1024, long1024);
            sent.Retries = int.Parse(Longest, System.Globalization.CultureInfo.InvariantCulture);
        }));
        var told = await ToldAsync(_worker, _broker);

        told[0].GetProperty("kwargs").GetString().Should().Be(long1024);
        told[0].GetProperty("retries").GetRawText().Should().Be(Longest);
    }

    // One life of a task that gets and returns a text.
    private async Task<List<JsonElement>> LifeAsync(string text)
    {
        var worker = new WorkerFixture { Broker = new PowerfulBroker() };
        await using (worker)
        {
            worker.Options.SendTaskEvents = true;
            worker.Handle("t.echo", invocation => Return(invocation, text));
            await worker.StartAsync();
            var broker = (PowerfulBroker)worker.Broker;
            broker.Deliver(WorkerFixture.Message("t.echo", change: sent => (sent.ArgsRepr, sent.KwargsRepr) = ($"('{text}',)", "{}")));
            return await ToldAsync(worker, broker);
        }
    }

    private static ValueTask Return(TaskInvocation invocation, object value)
    {
        invocation.Return<object?>(value, WireConverters.Any);
        return default;
    }

    // All events about the task, once it has ended.
    private static async Task<List<JsonElement>> ToldAsync(WorkerFixture worker, PowerfulBroker broker)
    {
        await worker.AdvanceUntilAsync(() => All(broker).Any(told => Type(told) == "task-succeeded"), TimeSpan.FromMilliseconds(20));
        return [.. All(broker).Where(told => Type(told).StartsWith("task-", StringComparison.Ordinal))];
    }

    private static IEnumerable<JsonElement> All(PowerfulBroker broker) => broker.Events.SelectMany(sent => GoldenEvent.Parse(sent.Body));

    private static string Type(JsonElement told) => told.GetProperty("type").GetString()!;

    public ValueTask DisposeAsync() => _worker.DisposeAsync();
}
