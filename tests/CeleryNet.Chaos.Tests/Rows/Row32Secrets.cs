using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Load;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Chaos.Worker;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>Addresses with a password, right and wrong ones, and names with line breaks and escapes: no line of a log, no error and no reply of the worker shows the password or is forged.</summary>
public abstract class Row32Secrets(BrokerKind broker) : Row("32 secrets", broker)
{
    private const string Password = "S3cr3t!";
    private const string Forged = "\r\nfail: Forged[1]\u001b[31m\u2028 forged";

    [SkippableFact]
    public Task Password_AndForgedNames_AppearNowhere() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.OfWorkers("the worker prints its address", "secrets", ChaosSettings.Mutation, Mutations.PrintAddress);

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, Workers = 0, HasOwnServer = false });
        await using var guarded = await PrivateServer.StartAsync(BrokerKind.Redis);
        await RedisConsole.RunAsync(guarded.Url, "CONFIG", "SET", "requirepass", Password);
        var results = guarded.Url.Replace("redis://", $"redis://:{Password}@", StringComparison.Ordinal);
        var environment = new Dictionary<string, string> { ["Logging__LogLevel__Default"] = "Trace" };
        foreach (var (name, value) in MutatedEnvironment()) environment[name] = value;

        var refusing = WithWrongPassword(IsRabbitMQ ? stage.Setup.Broker : guarded.Url);

        // The first of the list refuses the password, the second one nobody serves, the third is right.
        var setup = stage.Setup with { Broker = $"{refusing};{Nobody()};{stage.Setup.Broker}", Results = results };
        await using var worker = await WorkerProcess.StartAsync(setup, environment);
        var errors = await SendAsync(setup, stage, worker);
        await using var wrong = WorkerProcess.Launch(setup with { Broker = refusing }, environment);
        await Eventually.IsTrueAsync(() => wrong.Lines.Any(line => line.EventId == 2001), Stage.Patience);

        Judge(verdict, [.. worker.Lines.Concat(wrong.Lines).Select(line => line.Text), .. errors]);
    }

    private static void Judge(Verdict verdict, List<string> texts)
    {
        verdict.Note($"{texts.Count} lines and errors");
        var secrets = texts.Where(text => text.Contains("S3cr3t", StringComparison.Ordinal)).ToList();
        verdict.Demand(secrets.Count == 0, "secrets", $"{secrets.Count} lines show the password, such as {secrets.FirstOrDefault()}");
        verdict.Demand(!texts.Any(text => text.Contains('\u001b')), "escapes", "a line has raw escape bytes");
        verdict.Demand(!texts.Any(text => text.StartsWith("fail: Forged", StringComparison.Ordinal)), "forged", "a line of the log is forged");
    }

    private async Task<List<string>> SendAsync(Setup setup, Stage stage, WorkerProcess worker)
    {
        var errors = new List<string>();
        await using var host = await ClientHost.StartAsync(setup, queue => queue.Configure(options => options.PublishTimeout = TimeSpan.FromSeconds(20)));
        var good = await host.Client.EnqueueAsync(ChaosTasks.RecordTask("good", 1));
        await good.GetAsync(Stage.Patience);
        errors.AddRange(await RepliesOfAsync(host.Inspector, worker.Id));
        await ErrorOfAsync(() => host.Client.EnqueueByNameAsync($"chaos.none{Forged}", [Forged], new Dictionary<string, object?> { [Forged] = Forged }));

        await using var stranger = await Stranger.ConnectAsync(stage, Broker);
        var id = await stranger.SendAsync(new StrangeMessage("forged") { Body = "[[], {}, {}]"u8.ToArray(), Task = $"chaos.none{Forged}", Headers = new Dictionary<string, object?> { ["argsrepr"] = Forged, ["origin"] = Forged } });
        await stranger.SendAsync(new StrangeMessage("forged id") { Body = "[[], {}, {"u8.ToArray(), Headers = new Dictionary<string, object?> { ["id"] = $"id{Forged}" } });
        await Eventually.IsTrueAsync(() => worker.Lines.Any(line => line.Text.Contains(id, StringComparison.Ordinal)), Stage.Patience);
        await Eventually.IsTrueAsync(() => worker.Lines.Any(line => line.Text.Contains("id\\u000d", StringComparison.Ordinal)), Stage.Patience);

        await using var lost = await ClientHost.StartAsync(setup with { Broker = Nobody() }, queue => queue.Configure(options => options.PublishTimeout = TimeSpan.FromSeconds(1)));
        await ErrorOfAsync(() => lost.Client.EnqueueAsync(ChaosTasks.RecordTask("lost", 1)));
        await ErrorOfAsync(() => ClientHost.StartAsync(setup with { Broker = $"{Nobody()}?no_such_option=1" }));
        return errors;

        async Task ErrorOfAsync(Func<Task> action)
        {
            try
            {
                await action();
            }
            catch (TaskQueueException error)
            {
                errors.AddRange(error.ToString().Split('\n'));
            }
        }
    }

    // Other workers at the broker answer too; this one is known by its process.
    private static async Task<List<string>> RepliesOfAsync(ITaskInspector inspector, int processId)
    {
        var patient = new ControlOptions { Timeout = TimeSpan.FromSeconds(3) };
        var statistics = await inspector.StatisticsAsync(patient);
        var node = statistics.Should().ContainSingle(reply => reply.Value.Value != null && reply.Value.Value.ProcessId == processId).Which.Key;
        var texts = new List<string>();
        foreach (var question in new[] { "stats", "conf", "report" })
        {
            var reply = (await inspector.AskAsync(question, options: patient with { Destinations = [node] })).Should().ContainSingle().Which.Value;
            reply.IsOk.Should().BeTrue($"the reply to {question} is {reply.Error}");
            texts.Add(reply.Value.GetRawText());
        }

        return texts;
    }

    // Port 1 is served by nobody.
    private string Nobody() => IsRabbitMQ ? $"amqp://user:{Password}@127.0.0.1:1/" : $"redis://:{Password}@127.0.0.1:1/0";

    private string WithWrongPassword(string url) => IsRabbitMQ
        ? url.Replace("guest:guest@", $"guest:wrong-{Password}@", StringComparison.Ordinal)
        : url.Replace("redis://", $"redis://:wrong-{Password}@", StringComparison.Ordinal);

    private IReadOnlyDictionary<string, string> MutatedEnvironment() => Mutation.AreOn ? Mutation.Apply(new Scenery { Broker = Broker }).WorkerEnvironment : new Dictionary<string, string>();
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row32OverRabbitMQ() : Row32Secrets(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row32OverRedis() : Row32Secrets(BrokerKind.Redis);
