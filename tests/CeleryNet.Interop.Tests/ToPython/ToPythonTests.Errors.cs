using CeleryNet.Interop.Tests.Tasks;

namespace CeleryNet.Interop.Tests.ToPython;

public abstract partial class ToPythonTests
{
    [SkippableFact]
    public async Task Failure_OfBuiltInType_ArrivesWithMessageAndTraceback()
    {
        var failure = await FailureAsync(IPythonTasks.FailTask("ValueError", "no stöck"));

        failure.Type.Should().Be("ValueError");
        failure.Module.Should().Be("builtins");
        failure.RemoteMessage.Should().Be("no stöck");
        failure.Traceback.Should().StartWith("Traceback (most recent call last):").And.Contain("tasks.py").And.Contain("ValueError: no stöck");
        failure.Message.Should().EndWith("[CN4004]");
    }

    [SkippableFact]
    public async Task Failure_OfCustomType_ArrivesAsData()
    {
        var client = await ClientAsync();
        var handle = await client.EnqueueByNameAsync("py.fail", ["OutOfStock", "chair", 3]);

        var snapshot = await handle.WaitAsync(Limit);

        snapshot.State.Should().Be("FAILURE");
        snapshot.Error!.Type.Should().Be("OutOfStock");
        snapshot.Error.Module.Should().Be("tasks");
        snapshot.Error.Message.Should().Be("('chair', 3)");
    }

    [SkippableFact]
    public async Task Failure_WithCause_ShowsBothInTraceback()
    {
        var failure = await FailureAsync(IPythonTasks.FailChainedTask());

        failure.Type.Should().Be("RuntimeError");
        failure.Traceback.Should().Contain("KeyError: 'missing'").And.Contain("RuntimeError: while looking up");
    }

    [SkippableFact]
    public async Task UnknownTask_ArrivesAsNotRegistered()
    {
        var client = await ClientAsync();
        var handle = await client.EnqueueByNameAsync("py.no_such_task", [1]);

        var snapshot = await handle.WaitAsync(Limit);

        snapshot.State.Should().Be("FAILURE");
        snapshot.Error!.Type.Should().Be("NotRegistered");
        snapshot.Error.Message.Should().Be("py.no_such_task");
    }

    [SkippableFact]
    public async Task BadArguments_ArriveAsTypeError()
    {
        var client = await ClientAsync();
        var handle = await client.EnqueueByNameAsync("py.add", [1]);

        var snapshot = await handle.WaitAsync(Limit);

        snapshot.Error!.Type.Should().Be("TypeError");
        (await CallAsync(IPythonTasks.AddTask(2, 3))).Should().Be(5);
    }

    [SkippableFact]
    public async Task Wait_LongerThanTimeout_SaysSoAndTheResultStillComes()
    {
        var client = await ClientAsync();
        var handle = await client.EnqueueByNameAsync<double>("py.sleep", [0.7]);

        await handle.Invoking(slow => slow.GetAsync(TimeSpan.FromMilliseconds(50))).Should().ThrowAsync<ResultTimeoutException>();

        (await handle.GetAsync(Limit)).Should().Be(0.7);
    }
}
