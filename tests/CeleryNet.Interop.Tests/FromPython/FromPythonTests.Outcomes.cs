namespace CeleryNet.Interop.Tests.FromPython;

public abstract partial class FromPythonTests
{
    [SkippableFact]
    public async Task Reports_ReachPythonInTheirOrderBeforeTheEnd()
    {
        Skip.IfNot(peers.Transport.TellsPythonEveryState, "Celery's client refuses to watch states in its database backend.");
        var python = await PythonAsync();
        var id = await python.SendAsync("cs.reporting", new[] { "" });

        var seen = await python.WatchAsync(id);

        seen.Should().Equal(("LOADING", "\"\""), ("PROGRESS", """{"done":3,"of":4}"""), ("SUCCESS", "\"reported\""));
    }

    [SkippableFact]
    public async Task Retry_UntilItSucceeds_EndsUnderItsIdAndKnowsItsFailures()
    {
        var value = await ValueAsync("cs.retrying", new[] { 2 });

        value.EnumerateArray().Select(item => item.GetString())
            .Should().Equal("0 InvalidOperationException failure 0", "1 InvalidOperationException failure 1");
    }

    [SkippableFact]
    public async Task Retry_OnceTooOften_FailsWithTheLastError()
    {
        var result = await FailureAsync("cs.retrying", new[] { 100 });

        (result.Error!.Type, result.Error.Message).Should().Be(("InvalidOperationException", "failure 3"));
    }

    [SkippableFact]
    public async Task Retry_OnceTooOftenWithoutError_FailsAsInCelery()
    {
        var result = await FailureAsync("cs.retry_exhausted", new[] { 1 });

        (result.Error!.Type, result.Error.Module).Should().Be(("MaxRetriesExceededError", "celery.exceptions"));
        result.Error.Message.Should().StartWith("Can't retry cs.retry_exhausted[").And.EndWith("] args:[1] kwargs:{}");
    }

    [SkippableFact]
    public async Task Retry_WithNewArguments_RunsWithThem() => (await ValueAsync("cs.retry_with", new[] { "hello" })).GetString().Should().Be("hello!");

    [SkippableFact]
    public async Task Retry_OfATaskWithExpiry_WorksToo() => (await ValueAsync("cs.retry_later", new[] { 0 }, null, new { expires = 60 })).GetInt32().Should().Be(1);

    [SkippableFact]
    public async Task Retry_OfProtocolOne_Works() => (await ValueAsync("cs.retry_later", new[] { 0 }, null, null, protocol: 1)).GetInt32().Should().Be(1);

    [SkippableFact]
    public async Task Snooze_RunsAgainWithoutSpendingAnAttempt() => (await ValueAsync("cs.outcome", new[] { "snooze" })).GetString().Should().Be("retries 0");

    [SkippableFact]
    public async Task RejectWithRequeue_RunsAgain() => (await ValueAsync("cs.outcome", new[] { "requeue" })).GetString().Should().Be("again");

    [SkippableFact]
    public async Task Cancel_IsRevoked()
    {
        var python = await PythonAsync();

        var result = await python.CallAsync("cs.outcome", new[] { "cancel" });

        (result.State, result.Error!.Type, result.Error.Message).Should().Be(("REVOKED", "TaskRevokedError", "no longer wanted"));
    }
}
