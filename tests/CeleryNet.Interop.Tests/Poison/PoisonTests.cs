using System.Text.Json;
using CeleryNet.Contracts;
using CeleryNet.Interop.Tests.Peers;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Interop.Tests.Poison;

/// <summary>Malformed messages reach a live .NET worker: it goes on, tells whoever waits, and gets rid of the message. Inherited for every broker.</summary>
public abstract class PoisonTests(FromPythonFixture peers)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Names of the messages that a broker can carry.</summary>
    protected static TheoryData<string> NamesOf(Func<PoisonMessage, bool> isPossible)
    {
        var names = new TheoryData<string>();
        foreach (var message in PoisonMessages.All.Where(isPossible)) names.Add(message.Name);
        return names;
    }

    /// <summary>One message, then a good task.</summary>
    protected async Task WorkerSurvivesAsync(string name)
    {
        await peers.ReadyAsync();
        var message = PoisonMessages.All.Single(message => message.Name == name);
        var id = Guid.NewGuid().ToString();
        var linesBefore = peers.CSharp.Log.All.Count;

        await PublishAsync(message, peers.Queue, id);

        (await peers.Python.CallAsync("cs.add", new[] { 20, 3 })).Value.GetInt32().Should().Be(23, "the worker does the next task");
        if (message.End != PoisonEnd.Refused) await Eventually.IsTrueAsync(async () => Status(await peers.Python.MetaAsync(id)) != "PENDING", Limit);
        if (message.End != PoisonEnd.Success) await Eventually.IsTrueAsync(() => Complaints(linesBefore).Count > 0, Limit);

        var meta = await peers.Python.MetaAsync(id);
        Status(meta).Should().Be(message.End switch { PoisonEnd.Failure => "FAILURE", PoisonEnd.Success => "SUCCESS", _ => "PENDING" });
        if (message.ErrorType is { } type) meta.GetProperty("result").GetRawText().Should().Contain(type);
        Complaints(linesBefore).Should().HaveCount(message.End == PoisonEnd.Success ? 0 : 1);
        foreach (var line in peers.CSharp.Log.All.Skip(linesBefore))
        {
            line.Message.Any(char.IsControl).Should().BeFalse("a log line must not break or steer a terminal: {0}", line.Message);
            line.Message.Length.Should().BeLessThan(2000);
        }
    }

    [SkippableFact]
    public async Task AllTogether_LeaveNothingBehind()
    {
        await peers.ReadyAsync();
        var queue = peers.PriorityQueue;
        var messages = PoisonMessages.All.Where(message => peers.Transport.IsRabbitMQ ? !message.IsForRedisOnly : true).ToList();
        foreach (var message in messages) await PublishAsync(message, queue, Guid.NewGuid().ToString());

        await using (await CSharpHost.StartAsync(peers.Transport, queue, [queue]))
        {
            (await peers.Python.CallAsync("cs.add", new[] { 2, 3 }, null, new { queue })).Value.GetInt32().Should().Be(5);
        }

        // The worker is gone: what it had refused without telling the broker would be back.
        (await peers.Python.LengthAsync(queue)).Should().Be(0);
        if (!peers.Transport.IsRabbitMQ) await Eventually.IsTrueAsync(async () => await peers.Python.UnackedAsync() == 0);
        (await peers.Python.LengthAsync($"{queue}.dead")).Should().Be(messages.Count(message => message is { End: not PoisonEnd.Success, ReachesTheTask: false }), "each is kept once");
    }

    private static string Status(JsonElement meta) => meta.GetProperty("status").GetString() ?? "";

    private List<LogLine> Complaints(int after) => [.. peers.CSharp.Log.All.Skip(after).Where(line => line.Level >= LogLevel.Warning)];

    private Task PublishAsync(PoisonMessage message, string queue, string id) => message.RedisElement is { } element
        ? peers.Python.PushAsync(queue, element.Replace("{id}", id, StringComparison.Ordinal))
        : peers.Python.PublishAsync(message.ToCommand(queue, id));
}

public sealed class PoisonOverRabbitMQFixture() : FromPythonFixture(Transport.RabbitMQWithRedis);

// A database of its own: the test looks at all that workers have taken.
public sealed class PoisonOverRedisFixture() : FromPythonFixture(Transport.Redis.InDatabase(13));

/// <summary>Poison through RabbitMQ.</summary>
public sealed class PoisonOverRabbitMQTests(PoisonOverRabbitMQFixture peers) : PoisonTests(peers), IClassFixture<PoisonOverRabbitMQFixture>
{
    public static TheoryData<string> Names => NamesOf(message => !message.IsForRedisOnly);

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public Task Worker_AfterPoisonMessage_GoesOn(string name) => WorkerSurvivesAsync(name);
}

/// <summary>Poison through Redis.</summary>
public sealed class PoisonOverRedisTests(PoisonOverRedisFixture peers) : PoisonTests(peers), IClassFixture<PoisonOverRedisFixture>
{
    public static TheoryData<string> Names => NamesOf(_ => true);

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public Task Worker_AfterPoisonMessage_GoesOn(string name) => WorkerSurvivesAsync(name);
}
