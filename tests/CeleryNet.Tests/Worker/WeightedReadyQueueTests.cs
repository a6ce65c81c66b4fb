using CeleryNet.Brokers;
using CeleryNet.Worker;

namespace CeleryNet.Tests.Worker;

public sealed class WeightedReadyQueueTests
{
    private static readonly Dictionary<string, int> Weights = new() { ["critical"] = 5, ["default"] = 1 };

    [Fact]
    public async Task Next_BothHoldTasks_SharesByWeightEvenlySpread()
    {
        var ready = Fill(("critical", 20), ("default", 20));

        (await ReadAsync(ready, 12)).Should().Equal("c", "c", "c", "d", "c", "c", "c", "c", "c", "d", "c", "c");
    }

    [Fact]
    public async Task Next_OneRunsOut_TheOtherGetsAll()
    {
        var ready = Fill(("critical", 2), ("default", 4));

        (await ReadAsync(ready, 6)).Should().Equal("c", "c", "d", "d", "d", "d");
        ready.Count.Should().Be(0);
    }

    [Fact]
    public async Task Next_QueueThatWasEmpty_HasSavedUpNothing()
    {
        var ready = Fill(("default", 50));
        (await ReadAsync(ready, 40)).Should().HaveCount(40);
        for (var i = 0; i < 10; i++) ready.TryAdd(Request("critical")).Should().BeTrue();

        (await ReadAsync(ready, 6)).Count(queue => queue == "c").Should().Be(5, "neither side owes the other for the time alone");
    }

    [Fact]
    public async Task Next_QueueWithoutWeight_CountsAsOne()
    {
        var ready = Fill(("critical", 30), ("added", 30), ("default", 30));

        (await ReadAsync(ready, 28)).GroupBy(queue => queue).ToDictionary(group => group.Key, group => group.Count()).Should().BeEquivalentTo(new Dictionary<string, int> { ["c"] = 20, ["a"] = 4, ["d"] = 4 });
    }

    [Fact]
    public async Task Next_WithinOneQueue_IsFirstInFirstOut()
    {
        var ready = new ReadyQueue(new WeightedTurns(Weights));
        var requests = Enumerable.Range(0, 3).Select(_ => Request("critical")).ToList();
        foreach (var request in requests) ready.TryAdd(request);

        foreach (var request in requests) (await ready.NextAsync()).Should().BeSameAs(request);
    }

    [Fact]
    public async Task Close_HandsOutWhatIsThereAndTakesNothingMore()
    {
        var ready = Fill(("default", 1), ("critical", 1));

        var waiting = ready.Close();

        waiting.Select(request => request.Delivery.Queue).Should().BeEquivalentTo("default", "critical");
        ready.TryAdd(Request("critical")).Should().BeFalse();
        (await ready.NextAsync()).Should().BeNull();
    }

    [Fact]
    public void Look_ShowsAllAndTakesNone()
    {
        var ready = Fill(("default", 2), ("critical", 1));

        ready.Look().Select(request => request.Delivery.Queue).Should().Equal("default", "default", "critical");
        ready.Count.Should().Be(3);
    }

    [Fact]
    public async Task Next_ByManyWhileManyWrite_GivesEachTaskOnce()
    {
        const int Count = 2000;
        var ready = new ReadyQueue(new WeightedTurns(Weights));
        var read = new System.Collections.Concurrent.ConcurrentBag<TaskRequest>();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (await ready.NextAsync() is { } request) read.Add(request);
        })).ToList();

        await Task.WhenAll(new[] { "critical", "default" }.Select(queue => Task.Run(() =>
        {
            for (var i = 0; i < Count; i++) ready.TryAdd(Request(queue));
        })));
        ready.Dismiss(readers.Count);
        await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(10));
        ready.Close().ForEach(read.Add);

        read.Distinct().Should().HaveCount(2 * Count);
        read.Should().HaveCount(2 * Count);
    }

    private static ReadyQueue Fill(params (string Queue, int Count)[] tasks)
    {
        var ready = new ReadyQueue(new WeightedTurns(Weights));
        foreach (var (queue, count) in tasks)
        {
            for (var i = 0; i < count; i++) ready.TryAdd(Request(queue)).Should().BeTrue();
        }

        return ready;
    }

    // The first letters of the queues.
    private static async Task<List<string>> ReadAsync(ReadyQueue ready, int count)
    {
        var letters = new List<string>();
        for (var i = 0; i < count; i++) letters.Add((await ready.NextAsync())!.Delivery.Queue[..1]);
        return letters;
    }

    private static TaskRequest Request(string queue) =>
        new(new RecordingBroker(), new Delivery { Message = WorkerFixture.Message("any"), Queue = queue }, new QueueDefinition(queue));
}
