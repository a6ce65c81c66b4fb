using System.Text.Json;
using CeleryNet.Contracts;
using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.PythonPeer;
using CeleryNet.Interop.Tests.Tasks;

namespace CeleryNet.Interop.Tests.FromPython;

public abstract partial class FromPythonTests
{
    // Compressible as text is: a body that shrinks to a hundredth would be taken for a bomb.
    private static readonly string Prose = string.Join(' ', Enumerable.Range(0, 20_000).Select(i => $"word {i} of many"));

    [SkippableFact]
    public async Task Call_WithCompression_IsDecompressed() =>
        (await ValueAsync("cs.length", new[] { Prose }, null, new { compression = "zlib" })).GetInt32().Should().Be(Prose.Length);

    [SkippableFact]
    public async Task Call_ToNamedQueue_IsTakenFromIt()
    {
        await PythonAsync();

        var context = await ValueAsync("cs.context", null, null, new { queue = peers.NamedQueue });

        context.GetProperty("queue").GetString().Should().Be(peers.NamedQueue);
    }

    [SkippableFact]
    public async Task Call_WithGivenIdAndHeaders_ShowsThemInContext()
    {
        var id = Guid.NewGuid().ToString();

        var context = await ValueAsync(
            "cs.context", null, null, new { task_id = id, priority = 3, headers = new { tenant = "äcme", attempt = 2, nested = new { list = new object?[] { 1, null, "x" } } } });

        context.GetProperty("id").GetString().Should().Be(id);
        context.GetProperty("name").GetString().Should().Be("cs.context");
        context.GetProperty("root").GetString().Should().Be(id);
        context.GetProperty("retries").GetInt32().Should().Be(0);
        context.GetProperty("priority").GetInt32().Should().Be(3);
        context.GetProperty("origin").GetString().Should().StartWith("gen");
        context.GetProperty("redelivered").GetBoolean().Should().BeFalse();
        var headers = context.GetProperty("headers");
        headers.GetProperty("tenant").GetString().Should().Be("äcme");
        headers.GetProperty("attempt").GetInt32().Should().Be(2);
        headers.GetProperty("nested").GetProperty("list").GetRawText().Should().Be("[1,null,\"x\"]");
    }

    [SkippableFact]
    public async Task Call_WithIgnoreResult_RunsAndStoresNothing()
    {
        var python = await PythonAsync();

        var id = await python.SendAsync("cs.now", null, null, new { ignore_result = true });
        await Eventually.IsTrueAsync(() => Runs.Of(id) == 1);
        (await ValueAsync("cs.add", new[] { 1, 1 })).GetInt32().Should().Be(2);

        (await python.StateAsync(id)).Should().Be("PENDING");
    }

    [SkippableFact]
    public async Task ProtocolOne_WithArgumentsAndKeywords_Runs()
    {
        (await ValueAsync("cs.join", new[] { "ä" }, new { third = "c" }, protocol: 1)).GetString().Should().Be("ä|two|c");
        (await ValueAsync("cs.length", new[] { Prose }, null, new { compression = "zlib" }, protocol: 1)).GetInt32().Should().Be(Prose.Length);
    }

    [SkippableFact]
    public async Task ProtocolOne_WithError_ArrivesAsFailure()
    {
        var python = await PythonAsync();

        var result = await python.CallAsync("cs.fail", new[] { "invalid", "old" }, protocol: 1);

        result.State.Should().Be("FAILURE");
        result.Error!.Type.Should().Be("InvalidOperationException");
    }

    [SkippableFact]
    public async Task Priorities_OfWaitingTasks_DecideTheirOrder()
    {
        await PythonAsync();
        await using var python = await PythonClient.StartAsync(peers.PythonPrioritySettings);
        var key = Guid.NewGuid().ToString();
        foreach (var priority in new[] { 3, 0, 9, 6 })
            await python.SendAsync("cs.step", new[] { key, $"{priority}" }, null, new { priority, ignore_result = true });

        await using (await CSharpHost.StartAsync(
            peers.Transport, peers.PriorityQueue, [peers.PriorityQueue], worker => (worker.Concurrency, worker.Prefetch) = (1, 1), peers.Transport.IsRabbitMQ))
        {
            await Eventually.IsTrueAsync(() => Runs.OrderOf(key).Count == 4);
        }

        // The number is the wire's: RabbitMQ takes higher ones first, Redis lower ones.
        Runs.OrderOf(key).Should().Equal(peers.Transport.IsRabbitMQ ? ["9", "6", "3", "0"] : ["0", "3", "6", "9"]);
    }
}
