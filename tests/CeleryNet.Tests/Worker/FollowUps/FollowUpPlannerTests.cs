using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Client;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Signatures;
using CeleryNet.Worker;
using CeleryNet.Worker.FollowUps;

namespace CeleryNet.Tests.Worker.FollowUps;

public sealed class FollowUpPlannerTests
{
    private static readonly WireOptions Wire = new();

    [Fact]
    public void Plan_LongChain_AllocatesAsMuchAsAShortOne()
    {
        var (shortChain, longChain) = (RequestOf(10), RequestOf(300));
        using var buffer = WireBuffer.Rent();
        StepBytes(longChain, buffer); // fills pools and the buffer
        StepBytes(shortChain, buffer);

        var few = Enumerable.Range(0, 20).Min(_ => StepBytes(shortChain, buffer));
        var many = Enumerable.Range(0, 20).Min(_ => StepBytes(longChain, buffer));

        many.Should().Be(few);
    }

    [Fact]
    public void Plan_ChainOfTasks_SendsTheNextAndHandsOnTheRestByteForByte()
    {
        const string rest = """{"task": "third" , "args":[],"kwargs":{ },"options":{"task_id":"c","unknown":[1]},"subtask_type":null,"immutable":true,"more":1}""";
        var request = RequestOf($$"""[{{rest}} , {"task":"second","args":[5],"kwargs":{},"options":{"task_id":"b"},"subtask_type":null,"immutable":false}]""");

        var task = FollowUpPlanner.Plan(request, "42"u8.ToArray()).Plans.Should().ContainSingle().Subject.Plan.Tasks.Should().ContainSingle().Subject;

        BodyOf(task).Should().Be($$$"""[[42,5],{},{"callbacks":null,"errbacks":null,"chain":[{{{rest}}} ],"chord":null}]""");
        task.Options.Text(OptionNames.ParentId).Should().Be("a");
    }

    [Fact]
    public void Plan_LastStep_HasNoChain()
    {
        var request = RequestOf("""[{"task":"second","args":[],"kwargs":{},"options":{"task_id":"b"},"subtask_type":null,"immutable":true}]""");

        var task = FollowUpPlanner.Plan(request, "42"u8.ToArray()).Plans.Single().Plan.Tasks.Single();

        BodyOf(task).Should().Be("""[[],{},{"callbacks":null,"errbacks":null,"chain":null,"chord":null}]""");
    }

    [Fact]
    public void Plan_NextStepWithAChainOfItsOwn_PutsThatBeforeTheRest()
    {
        var request = RequestOf("""[{"task":"last"},{"task":"second","options":{"task_id":"b","chain":[{"task":"inner"}]},"immutable":true}]""");

        var task = FollowUpPlanner.Plan(request, "42"u8.ToArray()).Plans.Single().Plan.Tasks.Single();

        BodyOf(task).Should().Be("""[[],{},{"callbacks":null,"errbacks":null,"chain":[{"task":"last"},{"task":"inner"}],"chord":null}]""");
    }

    [Fact]
    public void Plan_NextStepThatIsNeverSent_NamesAllThatWillNotRun()
    {
        var request = RequestOf("""[{"task":"d","options":{"task_id":"d"}},{"task":"c","options":{"task_id":"c"}},{"task":"b","options":{"task_id":"b"}}]""");

        var failed = new FailedSignature();
        failed.Add(FollowUpPlanner.Plan(request, "42"u8.ToArray()).Plans.Single().Signature, isFirst: true);

        failed.Tasks.Select(task => task.Options.Text(OptionNames.TaskId)).Should().BeEquivalentTo("b", "c", "d");
    }

    private static long StepBytes(TaskRequest request, WireBuffer buffer)
    {
        buffer.Clear();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var task = FollowUpPlanner.Plan(request, "42"u8.ToArray()).Plans[0].Plan.Tasks[0];
        MessageBody.Write(new TaskMessage(), task, buffer, Wire);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static string BodyOf(SignatureDocument task)
    {
        using var buffer = WireBuffer.Rent();
        var start = MessageBody.Write(new TaskMessage(), task, buffer, Wire);
        return Encoding.UTF8.GetString(buffer.Span[start..]);
    }

    private static TaskRequest RequestOf(int steps) => RequestOf(
        $"[{string.Join(',', Enumerable.Range(0, steps).Select(i => $$"""{"task":"next","args":[],"kwargs":{},"options":{"task_id":"{{i:00000}}"},"subtask_type":null,"immutable":false}"""))}]");

    private static TaskRequest RequestOf(string chain)
    {
        var message = new TaskMessage { TaskName = "first", Id = "a", Body = Encoding.UTF8.GetBytes($$$"""[[],{},{"chain":{{{chain}}}}]""") };
        var request = new TaskRequest(null!, new Delivery { Message = message, Queue = "celery" }, new QueueDefinition("celery")); // planning asks no consumer
        request.Body = TaskBody.Read(message, Wire);
        return request;
    }
}
