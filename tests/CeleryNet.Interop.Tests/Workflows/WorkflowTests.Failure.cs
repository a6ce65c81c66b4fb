using CeleryNet.Contracts;
using CeleryNet.Interop.Tests.Tasks;
using CeleryNet.Results;

namespace CeleryNet.Interop.Tests.Workflows;

/// <content>What fails.</content>
public abstract partial class WorkflowTests
{
    /// <summary>Ways in which a member of a header does not succeed, and what the chord's error says of it.</summary>
    public static TheoryData<string, string> FailingMembers => new()
    {
        { "on('cs', 'raise')", "raised InvalidOperationException('bad')" },
        { "on('py', 'raise')", "raised ValueError('bad', 7)" },
        { "on('cs', 'outcome', 'ignore')", "raised Ignore('the task ended without a result')" },
        { "on('cs', 'outcome', 'reject')", "raised Reject('the task rejected its message')" },
        { "on('cs', 'outcome', 'cancel')", "raised TaskRevokedError('no longer wanted')" },
        { "on('cs', 'nowhere')", "raised NotRegistered('cs.nowhere')" },
        { "on('cs', 'add', 1)", "raised TypeError(" },
        { "on('cs', 'add', 1, 1, expires=-1)", "raised TaskRevokedError('expired')" },
        { "chain(on('cs', 'raise'), on('cs', 'echo'))", "raised InvalidOperationException('bad')" },
        { "chain(on('py', 'raise'), on('cs', 'echo'))", "raised ValueError('bad', 7)" },
        { "chain(on('cs', 'outcome', 'ignore'), on('py', 'echo'))", "raised Ignore('the task ended without a result')" },
        { "chord([on('cs', 'raise'), on('cs', 'tracked', 300)], on('cs', 'sum'))", "raised ChordError(" },
        { "chord([on('py', 'raise'), on('cs', 'tracked', 300)], on('py', 'sum'))", "raised ChordError(" },
        { "chord([chord([on('py', 'raise'), on('cs', 'tracked', 100)], on('py', 'sum')), on('cs', 'tracked', 300)], on('py', 'echo'))", "raised ChordError(" },
        { "chain(on('py', 'echo', 1), chord([on('py', 'raise'), on('cs', 'tracked', 300, immutable=True)], on('py', 'sum')))", "raised ChordError(" },
        { "chain(on('cs', 'echo', 1), chord([on('py', 'raise'), on('cs', 'tracked', 300, immutable=True)], on('py', 'sum')), on('py', 'echo'))", "raised ChordError(" },
        { "chain(on('cs', 'add', 1, 1, expires=-1), on('py', 'echo'))", "raised TaskRevokedError('expired')" },
    };

    [SkippableTheory]
    [MemberData(nameof(FailingMembers))]
    public async Task Chord_WithAMemberThatDoesNotSucceed_EndsWithItsError(string member, string error)
    {
        await peers.ReadyAsync();
        var errback = Guid.NewGuid().ToString();
        var body = Guid.NewGuid().ToString();

        // The last member is one of the .NET worker that has to wait for the others: whoever ends a chord in Python 5.2 does it as Python 5.2 does.
        await peers.Python.CanvasAsync($"chord([{member}, on('py', 'echo', 1), on('cs', 'tracked', 700)], on('py', 'echo', task_id='{body}').on_error(on('py', 'echo', task_id='{errback}')))", "cs");
        var told = await peers.Python.GetAsync(errback);
        var end = await peers.Python.MetaAsync(body);

        told.Value.GetString().Should().Be(body, "the error callback is told the body's id");
        end.GetProperty("status").GetString().Should().Be(TaskStates.Failure);
        end.GetProperty("result").ToString().Should().Contain("ChordError").And.Contain(error);
    }

    [SkippableTheory]
    [InlineData("cs", "py")]
    [InlineData("py", "cs")]
    [InlineData("cs", "cs")]
    public async Task Errback_OfAFailedTask_GetsItsIdInTheOtherLanguage(string failing, string errback)
    {
        await peers.ReadyAsync();
        var (first, second) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());

        var sent = await peers.Python.CanvasAsync(
            $"on('{failing}', 'raise', link_error=[on('{errback}', 'echo', task_id='{first}'), on('{errback}', 'echo', 'own', immutable=True, task_id='{second}')])", "cs");
        var told = await peers.Python.GetAsync(first);

        told.Value.GetString().Should().Be(sent[0]);
        (await peers.Python.GetAsync(second)).Value.GetString().Should().Be("own");
    }

    [SkippableTheory]
    [InlineData("cs", "sent NoneType")]
    [InlineData("py", "called ValueError")]
    public async Task Errback_OfPythonForBothConventions_IsCalledByItsOwnWorkerAndSentByOthers(string failing, string note)
    {
        await peers.ReadyAsync();
        var client = peers.CSharp.Client;

        var failed = await client.EnqueueAsync((failing == "cs" ? CSharpTasks.FailTask("invalid", "bad") : IPythonTasks.FailTask("ValueError", "bad")).LinkError(IPythonTasks.AlarmTask(CeleryNet.Canvas.Prev)));
        var found = "";
        await Eventually.IsTrueAsync(async () => (found = await (await client.EnqueueAsync(IPythonTasks.AlarmedTask(failed.Id))).GetAsync(Deadline.Usual)) is not null, TimeSpan.FromSeconds(20));

        found.Should().Be(note);
    }

    [SkippableTheory]
    [InlineData("cs")]
    [InlineData("py")]
    public async Task Chain_WhoseStepFails_EndsWithItsErrorAtTheLastStep(string place)
    {
        await peers.ReadyAsync();

        var sent = await peers.Python.CanvasAsync($"chain(t('add', 1, 1), on('{place}', 'raise'), t('add', 1), t('add', 2))", "cs-py");
        var end = await peers.Python.CanvasResultAsync(sent[0]);

        // Celery writes the error of the chain at its last step first, and then at those before it.
        await Eventually.IsTrueAsync(async () => await peers.Python.StateAsync(sent[0]) == TaskStates.Failure);
        await Eventually.IsTrueAsync(async () => await peers.Python.StateAsync(sent[1]) == TaskStates.Failure);

        end.Error.Should().Contain(place == "cs" ? "InvalidOperationException: bad" : "ValueError: ('bad', 7)");
        (await peers.Python.StateAsync(sent[3])).Should().Be(TaskStates.Success);
    }

    [SkippableFact]
    public async Task Callback_ThatIsNoSignature_FailsTheTaskAsInCelery()
    {
        await peers.ReadyAsync();

        var sent = await peers.Python.CanvasAsync("on('cs', 'echo', 1, link=[{'args': [1]}])", "cs");
        var end = await peers.Python.CanvasResultAsync(sent[0]);

        end.Error.Should().Contain("names no task");
    }

    [SkippableFact]
    public async Task Workflows_ThatHaveEnded_LeaveNoCounters()
    {
        await peers.ReadyAsync();

        var sent = await peers.Python.CanvasAsync("chord([t('add', i, i) for i in range(20)], on('cs', 'sum'))", "cs");
        await peers.Python.CanvasResultAsync(sent[0]);

        // The body is sent before the counters are removed.
        await Eventually.IsTrueAsync(async () => (await peers.Python.KeysAsync($"*{sent[1]}*")).Length == 0);
    }
}
