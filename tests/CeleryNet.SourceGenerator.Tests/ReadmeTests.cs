namespace CeleryNet.SourceGenerator.Tests;

/// <summary>The code of the README, as it stands there: it compiles without a warning, and the quick start does what it says.</summary>
[Collection(Snippets.Console)]
public sealed class ReadmeTests
{
    [Fact]
    public async Task QuickStart_AsItStands_PrintsFive() => (await Snippets.OutputOfAsync(Blocks()[0])).Should().Contain($"5{Environment.NewLine}");

    [Fact]
    public async Task Testing_AsItStands_RunsWithoutWaiting() => (await Snippets.OutputOfAsync(BlockWith("TaskQueueHarness"), "Mailing")).Should()
        .Be($"greeted ann; mail.remind for ann in 7 days{Environment.NewLine}welcome ann, remind ann{Environment.NewLine}");

    [Fact]
    public void ProgressAndFilters_AsTheyStand_Compile()
    {
        var block = BlockWith("ITaskClientFilter");
        var call = block.IndexOf("TaskHandle<int> report", StringComparison.Ordinal);

        Snippets.Compile($"using CeleryNet;\n{block[..call]}\npublic static class Program {{ public static async Task Main() => await CallAsync(null!);\npublic static async Task CallAsync(ITaskClient tasks)\n{{\n{block[call..]}\n}} }}");
    }

    [Fact]
    public void Canvas_AsItStands_Compiles()
    {
        var block = BlockWith("using static CeleryNet.Canvas");
        var call = block.IndexOf("// One after the other", StringComparison.Ordinal);

        Snippets.Compile($"{block[..call]}\npublic static class Program {{ public static async Task Main() => await CallAsync(null!);\npublic static async Task CallAsync(ITaskClient tasks)\n{{\n{block[call..]}\nConsole.WriteLine((chain.Id, chord.Id, doubled));\n}} }}");
    }

    [Fact]
    public void Batches_AsTheyStand_Compile()
    {
        var block = BlockWith("BatchHandle batch");
        var call = block.IndexOf("BatchHandle batch", StringComparison.Ordinal);

        Snippets.Compile($"using CeleryNet;\n{block[..call]}\npublic static class Program {{ public static async Task Main() => await CallAsync(null!);\npublic static async Task CallAsync(ITaskClient tasks)\n{{\n{block[call..]}\nConsole.WriteLine((files.Count, progress.Total));\n}} }}");
    }

    [Fact]
    public void RemoteTasks_AsTheyStand_Compile()
    {
        var block = Blocks()[1];
        var call = block.IndexOf("TaskHandle<string>", StringComparison.Ordinal);

        // Its last lines stand where the quick start has a client.
        Snippets.Compile($"using CeleryNet;\n{block[..call]}\npublic static class Program {{ public static async Task Main() => await CallAsync(null!);\npublic static async Task CallAsync(ITaskClient tasks)\n{{\n{block[call..]}\nConsole.WriteLine(small.Id);\n}} }}");
    }

    [Fact]
    public void FailureAndTime_AsItStands_Compiles()
    {
        var block = BlockWith("TaskHandle<string> handle");
        var call = block.IndexOf("TaskHandle<string>", StringComparison.Ordinal);

        Snippets.Compile($"using CeleryNet;\nusing Microsoft.Extensions.DependencyInjection;\nusing Microsoft.Extensions.Hosting;\n{block[..call]}\npublic static class Program {{ public static async Task Main() => await CallAsync(null!, null!);\npublic static async Task CallAsync(ITaskClient tasks, IHost host)\n{{\n{block[call..]}\nConsole.WriteLine(replayed);\n}} }}");
    }

    [Fact]
    public void Watching_AsItStands_Compiles()
    {
        var block = Blocks().Single(block => block.Contains("ClusterState", StringComparison.Ordinal));

        Snippets.Compile($"using CeleryNet.Events;\nusing Microsoft.Extensions.DependencyInjection;\nusing Microsoft.Extensions.Hosting;\npublic static class Program {{ public static async Task Main() => await CallAsync(null!, default);\npublic static async Task CallAsync(IHost host, CancellationToken stopping)\n{{\n{block}\nawait following;\n}} }}");
    }

    [Fact]
    public void PeriodicTasks_AsTheyStand_Compile()
    {
        var block = BlockWith("AddBeat");
        var call = block.IndexOf("services.AddTaskQueue", StringComparison.Ordinal);

        Snippets.Compile($"using CeleryNet;\nusing Microsoft.Extensions.DependencyInjection;\n{block[..call]}\npublic static class Program {{ public static async Task Main() => await CallAsync(new ServiceCollection());\npublic static async Task CallAsync(IServiceCollection services)\n{{\n{block[call..]}\n}} }}");
    }

    [Fact]
    public void Queues_AsTheyStand_Compile() => Snippets.Compile(
        "using CeleryNet;\nusing Microsoft.Extensions.DependencyInjection;\nusing Microsoft.Extensions.Hosting;\npublic static class Program { public static async Task Main() => await CallAsync(null!);\n"
        + $"public static async Task CallAsync(IHost host)\n{{\n{BlockWith("ITaskQueues")}\n}} }}");

    [Fact]
    public void QuickStart_IsShort() => Blocks()[0].Split('\n').Count(line => line.Length > 0).Should().BeLessThanOrEqualTo(20);

    private static string BlockWith(string word) => Blocks().Single(block => block.Contains(word, StringComparison.Ordinal));

    private static List<string> Blocks() => Snippets.Of("README.md");
}
