using System.Threading.Channels;
using CeleryNet.Contracts;
using CeleryNet.Sql.Databases;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Sql.Tests.Databases;

/// <summary>What comes at once is written together, and each call still has an end of its own.</summary>
public sealed class CombinerTests : IAsyncLifetime
{
    private const int Lanes = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly Channel<Batch> _batches = Channel.CreateUnbounded<Batch>();
    private readonly List<Batch> _all = [];
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly Func<string, CancellationToken, Task<string>> _write;
    private volatile bool _isOver;

    public CombinerTests()
    {
        var combiner = new Combiner<string, string>(WriteAsync, Limit, _time);
        _owned.Add(combiner);
        _write = (item, cancellationToken) => combiner.WriteAsync(item, cancellationToken).AsTask();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _isOver = true;
        lock (_all) _all.ForEach(static batch => batch.End()); // of a test that failed
        foreach (var owned in _owned) await owned.DisposeAsync();
    }

    [Fact]
    public async Task Write_WhileNothingIsUnderWay_GoesAtOnceAndAlone()
    {
        var call = WriteAsync("a");

        var batch = await _batches.Reader.NextAsync();
        batch.Items.Should().Equal("a");
        batch.Succeed();
        (await call.Within()).Should().Be("a!");
    }

    [Fact]
    public async Task Write_WhileAllLanesAreBusy_FollowsWithTheOthersInTheirOrder()
    {
        var (first, others) = await OccupyAsync();
        var calls = new[] { "c", "d", "e" }.Select(item => WriteAsync(item)).ToList();

        first.Succeed();
        var batch = await _batches.Reader.NextAsync();
        batch.Items.Should().Equal("c", "d", "e");
        batch.Succeed();

        (await Task.WhenAll(calls).Within()).Should().Equal("c!", "d!", "e!");
        foreach (var lane in others) lane.Succeed();
    }

    [Fact]
    public async Task Write_AFewBehindMany_WaitForThoseAndGoTogether()
    {
        var (first, others) = await OccupyAsync();
        var many = Enumerable.Range(0, 100).Select(item => WriteAsync($"{item}")).ToList();
        first.Succeed();
        var batch = await _batches.Reader.NextAsync();
        batch.Items.Should().HaveCount(100);
        foreach (var lane in others) lane.Succeed();

        var calls = new List<Task<string>>();
        foreach (var item in new[] { "c", "d", "e" })
        {
            calls.Add(WriteAsync(item));
            await Task.Yield(); // a lane that began would take it alone
        }

        batch.Succeed();
        var next = await _batches.Reader.NextAsync();
        next.Items.Should().Equal("c", "d", "e");
        next.Succeed();
        await Task.WhenAll([.. many, .. calls]).Within();
    }

    [Fact]
    public async Task Write_OneToBlame_FailsAloneAndTheOthersAreWritten()
    {
        var (first, others) = await OccupyAsync();
        var calls = new[] { "c", "bad", "e" }.Select(item => WriteAsync(item)).ToList();

        first.Succeed();
        (await _batches.Reader.NextAsync()).Fail(new InvalidOperationException("one of them"));
        foreach (var _ in calls)
        {
            var alone = await _batches.Reader.NextAsync();
            if (alone.Items is ["bad"]) alone.Fail(new InvalidOperationException("this one"));
            else alone.Succeed();
        }

        var refused = async () => await calls[1].Within();
        (await refused.Should().ThrowAsync<InvalidOperationException>()).WithMessage("this one");
        (await calls[0].Within(), await calls[2].Within()).Should().Be(("c!", "e!"));
        foreach (var lane in others) lane.Succeed();
    }

    [Fact]
    public async Task Write_DatabaseAway_FailsForAllWithoutTryingEach()
    {
        var (first, others) = await OccupyAsync();
        var calls = new[] { "c", "d" }.Select(item => WriteAsync(item)).ToList();
        first.Succeed();
        (await _batches.Reader.NextAsync()).Fail(new DatabaseException(new SqlFault("away", IsTransient: true), mayBeDone: true, null));

        foreach (var call in calls)
        {
            var failed = async () => await call.Within();
            (await failed.Should().ThrowAsync<DatabaseException>()).Which.MayBeDone.Should().BeTrue();
        }

        var next = WriteAsync("e"); // the lane goes on
        var batch = await _batches.Reader.NextAsync();
        batch.Items.Should().Equal("e");
        batch.Succeed();
        await next.Within();
        foreach (var lane in others) lane.Succeed();
    }

    [Fact]
    public async Task Write_CancelledBeforeItsTurn_IsNotWritten()
    {
        var (first, others) = await OccupyAsync();
        using var cancelled = new CancellationTokenSource();
        var call = WriteAsync("c", cancelled.Token);
        var other = WriteAsync("d");

        await cancelled.CancelAsync();
        var waiting = async () => await call.Within();
        await waiting.Should().ThrowAsync<OperationCanceledException>();
        first.Succeed();

        var batch = await _batches.Reader.NextAsync();
        batch.Items.Should().Equal("d");
        batch.Succeed();
        await other.Within();
        foreach (var lane in others) lane.Succeed();
    }

    [Fact]
    public async Task Write_CancelledWhileItIsUnderWay_EndsTheWaitAlone()
    {
        using var cancelled = new CancellationTokenSource();
        var call = WriteAsync("a", cancelled.Token);
        var batch = await _batches.Reader.NextAsync();

        await cancelled.CancelAsync();

        var waiting = async () => await call.Within();
        await waiting.Should().ThrowAsync<OperationCanceledException>();
        batch.Succeed();
    }

    [Fact]
    public async Task Write_WhoseTurnDoesNotComeInTime_FailsUnwritten()
    {
        var (first, others) = await OccupyAsync();
        var call = WriteAsync("c");

        _time.Advance(Limit);

        var waiting = async () => await call.Within();
        (await waiting.Should().ThrowAsync<DatabaseException>()).Which.MayBeDone.Should().BeFalse("it had not begun");
        first.Succeed();
        foreach (var lane in others) lane.Succeed();
        var next = WriteAsync("d");
        var batch = await _batches.Reader.NextAsync();
        batch.Items.Should().Equal("d");
        batch.Succeed();
        await next.Within();
    }

    [Fact]
    public async Task Write_ThatTakesLongerThanTheTurnMay_IsWaitedFor()
    {
        var call = WriteAsync("a");
        var batch = await _batches.Reader.NextAsync();

        _time.Advance(Limit); // it has begun, and has a limit of its own
        batch.Succeed();

        (await call.Within()).Should().Be("a!");
    }

    [Fact]
    public async Task Dispose_WaitsForWhatIsUnderWay()
    {
        var call = WriteAsync("a");
        var batch = await _batches.Reader.NextAsync();

        var disposing = _owned[0].DisposeAsync().AsTask();
        disposing.IsCompleted.Should().BeFalse();
        batch.Succeed();

        await disposing.Within();
        (await call.Within()).Should().Be("a!");
    }

    // One batch in each lane; they are under way until they are ended.
    private async Task<(Batch First, IReadOnlyList<Batch> Others)> OccupyAsync()
    {
        List<Batch> batches = [];
        for (var i = 0; i < Lanes; i++)
        {
            _ = WriteAsync($"busy {i}");
            batches.Add(await _batches.Reader.NextAsync());
        }

        return (batches[0], batches[1..]);
    }

    private Task<string> WriteAsync(string item, CancellationToken cancellationToken = default) => _write(item, cancellationToken);

    private Task<IReadOnlyList<string>> WriteAsync(IReadOnlyList<string> items)
    {
        var batch = new Batch(items);
        lock (_all) _all.Add(batch);
        if (_isOver) batch.End();
        _batches.Writer.TryWrite(batch);
        return batch.Ended;
    }

    private sealed class Batch(IReadOnlyList<string> items)
    {
        private readonly TaskCompletionSource<IReadOnlyList<string>> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal IReadOnlyList<string> Items => items;

        internal Task<IReadOnlyList<string>> Ended => _ended.Task;

        internal void Succeed() => _ended.SetResult([.. items.Select(static item => $"{item}!")]);

        internal void End() => _ended.TrySetCanceled();

        internal void Fail(Exception error) => _ended.SetException(error);
    }
}
