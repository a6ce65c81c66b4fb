using CeleryNet.Contracts;
using CeleryNet.Results;
using CeleryNet.Results.Memory;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Results;

public sealed class MemoryResultBackendTests : ResultBackendContract
{
    private readonly FakeTimeProvider _time = new();

    protected override IResultBackend CreateBackend() => new MemoryResultBackend(_time);

    [Fact]
    public async Task Get_AfterADay_IsForgotten()
    {
        var task = NewTask();
        await StoreAsync(new TaskResult { TaskId = task, State = TaskStates.Success });
        _time.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        var before = await Backend.GetAsync(task, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(1));

        var after = await Backend.GetAsync(task, CancellationToken.None);

        before.Should().NotBeNull();
        after.Should().BeNull();
    }

    [Fact]
    public async Task Store_MoreThanAreKept_ForgetsTheOldest()
    {
        var backend = new MemoryResultBackend(_time, mostKept: 2);

        foreach (var task in new[] { "one", "two", "one", "three" })
            await backend.StoreAsync(new TaskResult { TaskId = task, State = TaskStates.Started }, default, CancellationToken.None);

        (await backend.GetAsync("one", CancellationToken.None)).Should().NotBeNull("it was stored again after two");
        (await backend.GetAsync("two", CancellationToken.None)).Should().BeNull();
        (await backend.GetAsync("three", CancellationToken.None)).Should().NotBeNull();
    }
}
