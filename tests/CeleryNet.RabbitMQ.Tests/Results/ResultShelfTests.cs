using CeleryNet.RabbitMQ.Results;
using CeleryNet.Results;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.RabbitMQ.Tests.Results;

public sealed class ResultShelfTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Put_StateAfterTheFinalOne_IsIgnoredAndNotTold()
    {
        var shelf = new ResultShelf(10, TimeSpan.FromDays(1), _time);
        var told = new List<string>();
        shelf.AddObserver("a", result => told.Add(result.State));

        foreach (var state in (string[])[TaskStates.Started, TaskStates.Success, TaskStates.Success, TaskStates.Started]) shelf.Put(Result("a", state));

        told.Should().Equal(TaskStates.Started, TaskStates.Success);
        shelf.Get("a")!.State.Should().Be(TaskStates.Success);
    }

    [Fact]
    public void Put_MoreThanFit_DropsTheOldestAndSaysSo()
    {
        var shelf = new ResultShelf(2, TimeSpan.FromDays(1), _time);

        var fits = new[] { "a", "b", "c" }.Select(id => shelf.Put(Result(id, TaskStates.Success))).ToList();

        fits.Should().Equal(true, true, false);
        shelf.Get("a").Should().BeNull();
        shelf.Get("c").Should().NotBeNull();
    }

    [Fact]
    public void Get_AfterItsTime_IsGone()
    {
        var shelf = new ResultShelf(10, TimeSpan.FromHours(1), _time);
        shelf.Put(Result("a", TaskStates.Success));

        _time.Advance(TimeSpan.FromMinutes(59));
        var before = shelf.Get("a");
        _time.Advance(TimeSpan.FromMinutes(1));

        before.Should().NotBeNull();
        shelf.Get("a").Should().BeNull();
    }

    private static TaskResult Result(string id, string state) => new() { TaskId = id, State = state };
}
