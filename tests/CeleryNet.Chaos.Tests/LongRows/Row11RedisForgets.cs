using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Rows;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;

namespace CeleryNet.Chaos.Tests.LongRows;

/// <summary>Redis is killed and comes back empty: what was in it is gone, and workers and client go on.</summary>
public sealed class Row11RedisForgets() : Row("11 Redis without persistence", BrokerKind.Redis)
{
    private const int Backlog = 100;
    private const int New = 100;

    [LongFact]
    public Task Redis_BackWithoutItsData_IsWorkedWithAgain() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.NoReturn with { Expected = "new tasks" };

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, Client = Scenery.Patient });
        var server = stage.Server!; // a Redis always is
        await stage.EnqueueAsync("backlog", Backlog, milliseconds: 1000);
        await Stage.ComesTrueAsync(() => stage.Book.Done >= 1);
        var waiting = await RedisConsole.CountAsync(server.Url, "LLEN", stage.Setup.Queue) + await RedisConsole.CountAsync(server.Url, "HLEN", "unacked");
        await server.KillAsync();
        await server.StartAgainAsync();

        await stage.EnqueueAsync("new", New, milliseconds: 20);
        var isDone = await Stage.ComesTrueAsync(() => stage.Book.HasEnded(Enumerable.Range(0, New).Select(index => $"new-{index}")));

        var lost = Enumerable.Range(0, Backlog).Count(index => !stage.Book.HasEnded([$"backlog-{index}"]));
        verdict.Note($"{waiting} in Redis at the kill, {lost} of them never ended");
        verdict.Demand(isDone, "new tasks", "not all were done");
        verdict.Demand(lost <= waiting, "lost", $"{lost}, and only {waiting} were there");
        verdict.Demand(stage.Processes.All(process => !process.HasExited), "exits", "a worker ended");
    }
}
