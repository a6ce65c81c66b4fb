using System.Text;
using CeleryNet.Events;

namespace CeleryNet.Tests.Events;

public sealed class EventBufferTests
{
    private readonly EventBuffer _buffer = new();

    [Fact]
    public void Lists_HoldAtMost100Events()
    {
        for (var i = 0; i < 202; i++) _buffer.AddToList(Json(i));

        _buffer.Take(10).Select(message => (message.RoutingKey, message.Count, Events(message).Count)).Should().Equal(("task.multi", 100, 100), ("task.multi", 100, 100), ("task.multi", 2, 2));
    }

    [Fact]
    public void Lists_OfLongEvents_HoldFewer()
    {
        var traceback = Encoding.UTF8.GetBytes($"\"{new string('x', 12 * 1024)}\"");
        for (var i = 0; i < 4; i++) _buffer.AddToList(traceback);

        _buffer.Take(10).Select(message => message.Count).Should().Equal([3, 1], "a list of more than 32 KiB is sent");
    }

    [Fact]
    public void Many_AreNotWaitedWithAnyLonger()
    {
        var told = Enumerable.Range(0, EventBuffer.MostEvents).Select(i => _buffer.AddToList(Json(i))).ToList();

        told[0].Should().Be(EventUrgency.Soon);
        told.Count(urgency => urgency == EventUrgency.Now).Should().Be(1, "whoever sends takes all that wait");
        told.FindIndex(urgency => urgency == EventUrgency.Now).Should().Be(2_499);
    }

    [Fact]
    public void PlainEvents_StandInTheListAsTheOthers()
    {
        var writer = new EventWriter("n", new CeleryNet.Messages.LamportClock(), TimeProvider.System);
        _buffer.AddToList(Json(1));
        _buffer.AddToList(writer, "task-x", TimeProvider.System.GetTimestamp(), 16, 2, static (ref json, number) =>
        {
            json.Raw(",\"n\":"u8);
            json.Number(number);
        });
        _buffer.AddToList(Json(3));

        _buffer.Take(10).SelectMany(Numbers).Should().Equal(1, 2, 3);
    }

    [Fact]
    public void Alone_KeepsTheOrderBetweenLists()
    {
        _buffer.AddToList(Json(1));
        _buffer.AddAlone("worker.offline", Json(2), replaces: false);
        _buffer.AddToList(Json(3));

        var taken = _buffer.Take(10);

        taken.Select(Numbers).Should().BeEquivalentTo(new[] { new[] { 1 }, [2], [3] }, options => options.WithStrictOrdering());
        Text(taken[1]).Should().Be("{\"n\":2}", "it is no list");
    }

    [Fact]
    public void Alone_ThatReplaces_LeavesTheOlderOneOut()
    {
        _buffer.AddAlone("worker.heartbeat", Json(1), replaces: true);
        _buffer.AddAlone("worker.online", Json(2), replaces: true);
        _buffer.AddAlone("worker.heartbeat", Json(3), replaces: true);

        _buffer.Take(10).SelectMany(Numbers).Should().Equal(2, 3);
        _buffer.TakeDropped().Should().Be(0, "nobody misses it");
    }

    [Fact]
    public void TooMany_DropsTheOldestAndCountsThem()
    {
        const int extra = 30;
        for (var i = 0; i < EventBuffer.MostEvents + extra; i++) _buffer.AddToList(Json(i));

        var numbers = _buffer.Take(int.MaxValue).SelectMany(Numbers).ToList();

        numbers.Should().HaveCountLessThanOrEqualTo(EventBuffer.MostEvents + EventBuffer.MostPerMessage).And.HaveCountGreaterThan(EventBuffer.MostEvents - EventBuffer.MostPerMessage);
        numbers[^1].Should().Be(EventBuffer.MostEvents + extra - 1);
        numbers.Should().BeInAscendingOrder();
        (_buffer.TakeDropped(), _buffer.TakeDropped()).Should().Be((EventBuffer.MostEvents + extra - numbers.Count, 0));
    }

    [Fact]
    public void TooManyBytes_DropsTheOldest()
    {
        var big = Encoding.UTF8.GetBytes($"\"{new string('x', 1024 * 1024)}\"");
        for (var i = 0; i < 20; i++) _buffer.AddAlone("task.failed", big, replaces: false);

        _buffer.Take(int.MaxValue).Should().HaveCount(15, "16 MiB hold no more of them");
        _buffer.TakeDropped().Should().Be(5);
    }

    [Fact]
    public void Returned_GoFirstAgain()
    {
        for (var i = 0; i < 30; i++) _buffer.AddToList(Json(i));
        var taken = _buffer.Take(10);
        _buffer.AddToList(Json(30));

        _buffer.Return(taken);

        _buffer.Take(10).SelectMany(Numbers).Should().Equal(Enumerable.Range(0, 31));
    }

    [Fact]
    public void First_WakesTheSenderOnce()
    {
        (_buffer.AddToList(Json(1)), _buffer.AddToList(Json(2))).Should().Be((EventUrgency.Soon, EventUrgency.None));
        _buffer.Take(10);

        _buffer.AddToList(Json(3)).Should().Be(EventUrgency.Soon);
    }

    [Fact]
    public void Closed_TakesNothingAndCountsWhatWaited()
    {
        _buffer.AddToList(Json(1));

        _buffer.Close();
        _buffer.AddToList(Json(2));

        _buffer.Take(10).Should().BeEmpty();
        _buffer.TakeDropped().Should().Be(1);
    }

    private static byte[] Json(int number) => Encoding.UTF8.GetBytes($"{{\"n\":{number}}}");

    private static string Text(EventMessage message) => Encoding.UTF8.GetString(message.Body.Span);

    private static List<System.Text.Json.JsonElement> Events(EventMessage message) => GoldenEvent.Parse(message.Body);

    private static IEnumerable<int> Numbers(EventMessage message) => Events(message).Select(told => told.GetProperty("n").GetInt32());
}
