using CeleryNet.Brokers;
using CeleryNet.Worker;

namespace CeleryNet.Tests.Worker;

public sealed class WeightedChannelTests
{
    private static readonly Dictionary<string, int> Weights = new() { ["critical"] = 5, ["default"] = 1 };

    [Fact]
    public void Read_BothHoldTasks_SharesByWeightEvenlySpread()
    {
        var channel = Fill(("critical", 20), ("default", 20));

        Read(channel, 12).Should().Equal("c", "c", "c", "d", "c", "c", "c", "c", "c", "d", "c", "c");
    }

    [Fact]
    public void Read_OneRunsOut_TheOtherGetsAll()
    {
        var channel = Fill(("critical", 2), ("default", 4));

        Read(channel, 6).Should().Equal("c", "c", "d", "d", "d", "d");
        channel.Reader.TryRead(out _).Should().BeFalse();
    }

    [Fact]
    public void Read_QueueThatWasEmpty_HasSavedUpNothing()
    {
        var channel = Fill(("default", 50));
        Read(channel, 40);
        for (var i = 0; i < 10; i++) channel.Writer.TryWrite(Request("critical")).Should().BeTrue();

        Read(channel, 6).Count(queue => queue == "c").Should().Be(5, "neither side owes the other for the time alone");
    }

    [Fact]
    public void Read_QueueWithoutWeight_CountsAsOne()
    {
        var channel = Fill(("critical", 30), ("added", 30), ("default", 30));

        Read(channel, 28).GroupBy(queue => queue).ToDictionary(group => group.Key, group => group.Count()).Should().BeEquivalentTo(new Dictionary<string, int> { ["c"] = 20, ["a"] = 4, ["d"] = 4 });
    }

    [Fact]
    public void Read_WithinOneQueue_IsFirstInFirstOut()
    {
        var channel = new WeightedChannel(Weights);
        var requests = Enumerable.Range(0, 3).Select(_ => Request("critical")).ToList();
        foreach (var request in requests) channel.Writer.TryWrite(request);

        requests.Select(_ => channel.Reader.TryRead(out var read) ? read : null).Should().Equal(requests);
    }

    [Fact]
    public async Task Complete_WhatIsThereIsReadAndNothingComesIn()
    {
        var channel = Fill(("default", 1));

        channel.Writer.TryComplete().Should().BeTrue();

        channel.Writer.TryWrite(Request("critical")).Should().BeFalse();
        channel.Reader.Count.Should().Be(1);
        (await channel.Reader.ReadAsync()).Delivery.Queue.Should().Be("default");
        await channel.Reader.Invoking(reader => reader.ReadAsync().AsTask()).Should().ThrowAsync<System.Threading.Channels.ChannelClosedException>();
    }

    [Fact]
    public async Task Read_ByManyWhileManyWrite_GivesEachTaskOnce()
    {
        const int Count = 2000;
        var channel = new WeightedChannel(Weights);
        var read = new System.Collections.Concurrent.ConcurrentBag<TaskRequest>();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            try
            {
                while (true) read.Add(await channel.Reader.ReadAsync());
            }
            catch (System.Threading.Channels.ChannelClosedException)
            {
                // all is read
            }
        })).ToList();

        await Task.WhenAll(new[] { "critical", "default" }.Select(queue => Task.Run(() =>
        {
            for (var i = 0; i < Count; i++) channel.Writer.TryWrite(Request(queue));
        })));
        channel.Writer.TryComplete();
        await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(10));

        read.Distinct().Should().HaveCount(2 * Count);
        read.Should().HaveCount(2 * Count);
    }

    private static WeightedChannel Fill(params (string Queue, int Count)[] tasks)
    {
        var channel = new WeightedChannel(Weights);
        foreach (var (queue, count) in tasks)
        {
            for (var i = 0; i < count; i++) channel.Writer.TryWrite(Request(queue)).Should().BeTrue();
        }

        return channel;
    }

    // The first letters of the queues.
    private static List<string> Read(WeightedChannel channel, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => channel.Reader.TryRead(out var request) ? request.Delivery.Queue[..1] : "-")];

    private static TaskRequest Request(string queue) =>
        new(new RecordingBroker(), new Delivery { Message = WorkerFixture.Message("any"), Queue = queue }, new QueueDefinition(queue));
}
