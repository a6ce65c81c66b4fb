namespace CeleryNet.Interop.Tests.FromPython;

public abstract partial class FromPythonTests
{
    [SkippableFact]
    public async Task Failure_InTask_ArrivesWithTypeMessageAndTraceback()
    {
        var failure = await FailureAsync("cs.fail", new[] { "invalid", "no stöck" });

        failure.Error!.Type.Should().Be("InvalidOperationException");
        failure.Error.Args.EnumerateArray().Select(arg => arg.GetString()).Should().Equal("no stöck");
        failure.Traceback.Should().Contain("InvalidOperationException").And.Contain("CSharpTasks.Fail");
    }

    [SkippableFact]
    public async Task Failure_OfCustomType_ArrivesUnderItsName()
    {
        var failure = await FailureAsync("cs.fail", new[] { "stock", "chair" });

        failure.Error!.Type.Should().Be("OutOfStockException");
        failure.Error.Message.Should().Contain("'chair' is out of stock");
    }

    [SkippableFact]
    public async Task Failure_WithInnerException_ShowsBothInTraceback()
    {
        var failure = await FailureAsync("cs.fail", new[] { "chained", "the cause" });

        failure.Error!.Message.Should().Contain("outer");
        failure.Traceback.Should().Contain("the cause").And.Contain("ArgumentException");
    }

    [SkippableFact]
    public async Task UnknownTask_IsStoredAsNotRegistered()
    {
        var failure = await FailureAsync("cs.no_such_task", new[] { 1 });

        failure.Error!.Type.Should().Be("NotRegistered");
        failure.Error.Args.EnumerateArray().Select(arg => arg.GetString()).Should().Equal("cs.no_such_task");
    }

    [SkippableTheory]
    [InlineData("[2]", "{}")]
    [InlineData("[2, 3, 4]", "{}")]
    [InlineData("[2, 3]", "{\"z\": 1}")]
    [InlineData("[2, 3]", "{\"x\": 1}")]
    [InlineData("[\"two\", 3]", "{}")]
    [InlineData("[2, null]", "{}")]
    public async Task BadArguments_FailTheTaskWithTypeError(string args, string kwargs)
    {
        using var positional = System.Text.Json.JsonDocument.Parse(args);
        using var keyword = System.Text.Json.JsonDocument.Parse(kwargs);

        var failure = await FailureAsync("cs.add", positional.RootElement, keyword.RootElement);

        failure.Error!.Type.Should().Be("TypeError");
        (await ValueAsync("cs.add", new[] { 2, 3 })).GetInt32().Should().Be(5);
    }
}
