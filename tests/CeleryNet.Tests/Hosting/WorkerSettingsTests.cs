using CeleryNet.Hosting;
using CeleryNet.Worker;
using Microsoft.Extensions.Configuration;

namespace CeleryNet.Tests.Hosting;

public sealed class WorkerSettingsTests
{
    [Fact]
    public void Options_OfWaitingAndStopping_ComeFromConfiguration()
    {
        var options = Settings(
            null, ("MaxHeldTasks", "5"), ("MaxHeldBytes", "4096"), ("HoldWindow", "00:00:30"), ("ShutdownTimeout", "00:01:00"), ("CancelTimeout", "00:00:05"), ("SendTaskEvents", "true"),
            ("HeartbeatInterval", "00:00:10")).Options;

        (options.SendTaskEvents, options.HeartbeatInterval).Should().Be((true, TimeSpan.FromSeconds(10)));
        (options.MaxHeldTasks, options.MaxHeldBytes, options.HoldWindow).Should().Be((5, 4096, TimeSpan.FromSeconds(30)));
        (options.ShutdownTimeout, options.CancelTimeout).Should().Be((TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Options_OfAStoreThatIsAway_ComeFromConfiguration()
    {
        var options = Settings(null, ("MaxUnstoredTasks", "7"), ("MaxUnstoredBytes", "8192")).Options;

        (options.MaxUnstoredTasks, options.MaxUnstoredBytes).Should().Be((7, 8192));
    }

    [Fact]
    public void Options_OfPoison_ComeFromConfiguration()
    {
        var options = Settings(null, ("MaxDeliveries", "0"), ("MaxDeadLetters", "7"), ("UnknownTasks", "giveback"), ("UnknownTaskTimeout", "00:30:00")).Options;

        (options.MaxDeliveries, options.MaxDeadLetters, options.UnknownTasks, options.UnknownTaskTimeout).Should().Be((0, 7, UnknownTaskPolicy.GiveBack, TimeSpan.FromMinutes(30)));
    }

    [Fact]
    public void Options_OfRemoteControl_ComeFromConfiguration()
    {
        var options = Settings(
            null, ("EnableRemoteControl", "false"), ("DisabledCommands:0", "shutdown"), ("DisabledCommands:1", "pool_grow"), ("MingleTimeout", "00:00:00"), ("MinConcurrency", "1")).Options;

        (options.EnableRemoteControl, options.MingleTimeout, options.MinConcurrency).Should().Be((false, TimeSpan.Zero, 1));
        options.DisabledCommands.Should().Equal("shutdown", "pool_grow");
    }

    [Fact]
    public void NodeName_NotGiven_IsAnotherOneForEachWorker()
    {
        var names = new[] { Settings(null).Options.NodeName, Settings(null).Options.NodeName };

        names.Should().OnlyHaveUniqueItems().And.OnlyContain(name => name.EndsWith("@" + Environment.MachineName, StringComparison.Ordinal));
    }

    [Fact]
    public void DisabledCommands_OneThatDoesNotExist_FailsTheStart() =>
        Failures(Settings(worker => worker.DisableCommands("shutdwn"))).Should().ContainSingle().Which.Should().StartWith("Worker.DisabledCommands holds 'shutdwn' but must hold names of commands: active, ");

    [Fact]
    public void MinConcurrency_AboveConcurrency_FailsTheStart() =>
        Failures(Settings(worker => (worker.MinConcurrency, worker.Concurrency) = (5, 4))).Should().Equal("Worker.MinConcurrency is 5 but must be from 1 to Worker.Concurrency, 4, or unset.");

    [Fact]
    public void QueueWeights_FromConfiguration_AddTheirQueues()
    {
        var options = Settings(worker => worker.Queue("late", weight: 2), ("Queues:0", "default"), ("QueueWeights:critical", "5")).Options;

        options.QueueNames.Should().Equal("default", "critical", "late");
        options.QueueWeights.Should().BeEquivalentTo(new Dictionary<string, int> { ["critical"] = 5, ["late"] = 2 });
    }

    [Theory]
    [InlineData(0, "Worker.QueueWeights:critical is 0 but must be from 1 to 1000.")]
    [InlineData(-3, "Worker.QueueWeights:critical is -3 but must be from 1 to 1000.")]
    [InlineData(1001, "Worker.QueueWeights:critical is 1001 but must be from 1 to 1000.")]
    public void QueueWeights_OfCodeOutOfRange_AreRefused(int weight, string failure) => Failures(Settings(worker => worker.Queue("critical", weight))).Should().Equal(failure);

    [Fact]
    public void QueueWeights_OfAQueueThatIsNotConsumed_AreRefused() => Failures(Settings(worker => worker.Queues("default", "images"), ("QueueWeights:critical", "5")))
        .Should().Equal("Worker.QueueWeights names 'critical', which is none of Worker.Queues (default, images).");

    [Theory]
    [InlineData("MingleTimeout", "00:00:11", "Worker.MingleTimeout is 00:00:11 but must be from 00:00:00 to 00:00:10.")]
    [InlineData("QueueWeights:critical", "0", "TaskQueue:Worker:QueueWeights:critical is '0' but must be a whole number from 1 to 1000.")]
    [InlineData("QueueWeights:critical", "much", "TaskQueue:Worker:QueueWeights:critical is 'much' but must be a whole number from 1 to 1000.")]
    [InlineData("MaxDeadLetters", "0", "TaskQueue:Worker:MaxDeadLetters is '0' but must be a whole number of at least 1.")]
    [InlineData("UnknownTasks", "drop", "TaskQueue:Worker:UnknownTasks is 'drop' but must be Fail or GiveBack.")]
    [InlineData("HeartbeatInterval", "00:00:00.1", "Worker.HeartbeatInterval is 00:00:00.1000000 but must be from 00:00:00.5000000 to 01:00:00, or zero.")]
    [InlineData("HoldWindow", "00:00:01", "Worker.HoldWindow is 00:00:01 but must be from 00:00:02 to 01:00:00.")]
    [InlineData("HoldWindow", "02:00:00", "Worker.HoldWindow is 02:00:00 but must be from 00:00:02 to 01:00:00.")]
    [InlineData("HoldWindow", "5", "TaskQueue:Worker:HoldWindow is '5' but must be a positive time as hours:minutes:seconds, such as 00:00:05.")]
    [InlineData("MaxUnstoredTasks", "-1", "TaskQueue:Worker:MaxUnstoredTasks is '-1' but must be a whole number of at least 0.")]
    [InlineData("MaxHeldBytes", "-1", "TaskQueue:Worker:MaxHeldBytes is '-1' but must be a whole number of at least 0.")]
    [InlineData("MaxHeldBytes", "3000000000", "TaskQueue:Worker:MaxHeldBytes is '3000000000' but must be a whole number of at least 0.")]
    public void Options_OutOfRange_AreRefusedWithPathValueAndRange(string key, string value, string failure) => Failures(Settings(null, (key, value))).Should().Equal(failure);

    [Fact]
    public void Options_OfCodeOutOfRange_AreRefused()
    {
        var settings = Settings(worker => (worker.MaxHeldBytes, worker.MaxUnstoredTasks, worker.MaxUnstoredBytes, worker.HoldWindow) = (-1, -2, -3, TimeSpan.Zero));

        Failures(settings).Should().Equal(
            "Worker.MaxHeldBytes is -1 but must not be negative.", "Worker.MaxUnstoredTasks is -2 but must not be negative.", "Worker.MaxUnstoredBytes is -3 but must not be negative.",
            "Worker.HoldWindow is 00:00:00 but must be from 00:00:02 to 01:00:00.");
    }

    private static WorkerSettings Settings(Action<WorkerOptions>? change, params (string Key, string Value)[] values) => new(
        change is null ? [] : [new WorkerOptionsChange(change)],
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => new KeyValuePair<string, string?>($"TaskQueue:Worker:{pair.Key}", pair.Value))).Build());

    private static List<string> Failures(WorkerSettings settings)
    {
        var failures = new List<string>();
        settings.Check(failures);
        return failures;
    }
}
