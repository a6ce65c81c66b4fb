using CeleryNet.Contracts;
using CeleryNet.Tasks;

namespace CeleryNet.Tests.Tasks;

public sealed class TaskCancellationTests
{
    [Fact]
    public void Cancel_SecondReason_DoesNotCount()
    {
        using var cancellation = new TaskCancellation();

        cancellation.Cancel(TaskCancelReason.Revoked);
        cancellation.Cancel(TaskCancelReason.Shutdown);

        cancellation.Reason.Should().Be(TaskCancelReason.Revoked);
        cancellation.Token.IsCancellationRequested.Should().BeTrue();
    }

    [Fact]
    public async Task Cancel_CallbackThatBlocks_DoesNotHoldUpTheCaller()
    {
        using var release = new ManualResetEventSlim();
        using var cancellation = new TaskCancellation();
        using var registration = cancellation.Token.Register(() => release.Wait(TimeSpan.FromSeconds(30)));

        cancellation.Cancel(TaskCancelReason.TimeLimit);

        cancellation.Token.IsCancellationRequested.Should().BeTrue();
        cancellation.Callbacks.IsCompleted.Should().BeFalse();
        release.Set();
        await cancellation.Callbacks.Within();
    }

    [Fact]
    public async Task Cancel_CallbackThatThrows_IsTold()
    {
        using var cancellation = new TaskCancellation();
        using var registration = cancellation.Token.Register(() => throw new InvalidOperationException("callback"));

        cancellation.Cancel(TaskCancelReason.TimeLimit);

        (await ((Func<Task>)(() => cancellation.Callbacks.Within())).Should().ThrowAsync<AggregateException>()).WithInnerException<InvalidOperationException>();
    }

    [Fact]
    public void Cancel_AfterTheEnd_DoesNothing()
    {
        var cancellation = new TaskCancellation();
        cancellation.Token.IsCancellationRequested.Should().BeFalse();
        cancellation.Dispose();

        cancellation.Cancel(TaskCancelReason.Shutdown);

        cancellation.Callbacks.IsCompletedSuccessfully.Should().BeTrue();
    }
}
