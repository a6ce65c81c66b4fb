using CeleryNet.Interop.Tests.Tasks;
using static CeleryNet.Canvas;

namespace CeleryNet.Interop.Tests.Workflows;

/// <summary>Batches whose members and callbacks are in Python, in .NET, or both. Inherited for every broker; results in Redis.</summary>
public abstract class BatchTests(WorkflowFixture peers)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly string _success = Guid.NewGuid().ToString();
    private readonly string _failure = Guid.NewGuid().ToString();
    private readonly string _completion = Guid.NewGuid().ToString();

    /// <summary>Where members and callbacks are.</summary>
    public static TheoryData<string, string> Places => new() { { "py", "py" }, { "py", "cs" }, { "cs", "py" }, { "both", "both" } };

    [SkippableTheory]
    [MemberData(nameof(Places))]
    public async Task Batch_WhoseMembersSucceed_CallsSuccessAndCompletion(string members, string callbacks)
    {
        var batch = await CreateAsync(callbacks);

        await batch.AddAsync(Enumerable.Range(0, 6).Select(number => Add(members, number)));
        await batch.CloseAsync();
        var progress = await batch.WaitAsync(Limit);

        progress.Should().Be(new BatchProgress(6, 6, 0, true, true));
        (await ValueAsync(_success)).Should().Be(batch.Id);
        (await ValueAsync(_completion)).Should().Be(batch.Id);
        (await peers.CSharp.Client.GetHandle(_failure).GetStateAsync()).Should().Be("PENDING");
    }

    [SkippableTheory]
    [MemberData(nameof(Places))]
    public async Task Batch_WithAMemberThatFails_CallsFailureAndCompletion(string members, string callbacks)
    {
        var batch = await CreateAsync(callbacks);

        await batch.AddAsync(Enumerable.Range(0, 4).Select(number => Add(members, number)));
        await batch.AddAsync(members == "cs" ? CSharpTasks.FailTask("invalid", "bad") : IPythonTasks.FailTask("ValueError", "bad"));
        await batch.CloseAsync();
        var progress = await batch.WaitAsync(Limit);

        progress.Should().Be(new BatchProgress(5, 5, 1, true, true));
        (await ValueAsync(_failure)).Should().Be(batch.Id);
        (await ValueAsync(_completion)).Should().Be(batch.Id);
        (await peers.CSharp.Client.GetHandle(_success).GetStateAsync()).Should().Be("PENDING");
    }

    [SkippableFact]
    public async Task Batch_ThatAPythonMemberAddsTo_WaitsForTheNewMember()
    {
        var batch = await CreateAsync("cs");

        await batch.AddAsync(IPythonTasks.GrowSlowlyTask(1));
        await batch.CloseAsync();

        (await batch.WaitAsync(Limit)).Should().Be(new BatchProgress(2, 2, 0, true, true));
        (await ValueAsync(_success)).Should().Be(batch.Id);
    }

    [SkippableFact]
    public async Task Batch_WithoutMembers_EndsInPythonToo()
    {
        var batch = await CreateAsync("py");

        await batch.CloseAsync();

        (await batch.WaitAsync(Limit)).Should().Be(new BatchProgress(0, 0, 0, true, true));
        (await ValueAsync(_completion)).Should().Be(batch.Id);
    }

    private async Task<BatchHandle> CreateAsync(string place)
    {
        await peers.ReadyAsync();
        return await peers.CSharp.Client.CreateBatchAsync(Batch()
            .OnSuccess(Callback(place is "py" or "both", _success))
            .OnFailure(Callback(place is "py", _failure))
            .OnCompletion(Callback(place is "py" or "both", _completion)));
    }

    private static Step<string, string> Callback(bool isPython, string id) =>
        (isPython ? IPythonTasks.SameTextTask(Prev) : CanvasTasks.SameTextTask(Prev)).With(options => options.TaskId = id);

    private static Signature<int> Add(string place, int number) => place == "py" || (place == "both" && number % 2 == 0) ? IPythonTasks.AddTask(number, 1) : CSharpTasks.AddTask(number, 1);

    private Task<string> ValueAsync(string id) => peers.CSharp.Client.GetHandle<string>(id).GetAsync(Limit);

}

/// <summary>Batches over RabbitMQ, results in Redis.</summary>
public sealed class BatchOverRabbitMQTests(WorkflowOverRabbitMQFixture peers) : BatchTests(peers), IClassFixture<WorkflowOverRabbitMQFixture>;

/// <summary>Batches over Redis.</summary>
public sealed class BatchOverRedisTests(WorkflowOverRedisFixture peers) : BatchTests(peers), IClassFixture<WorkflowOverRedisFixture>;
