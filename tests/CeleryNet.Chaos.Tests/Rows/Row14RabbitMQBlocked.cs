using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>RabbitMQ raises its memory alarm for 15 s and reads nothing from publishers: publishing waits no longer than its timeout, consuming goes on.</summary>
public sealed class Row14RabbitMQBlocked() : Row("14 memory alarm", BrokerKind.RabbitMQ)
{
    private const int Backlog = 200;

    private static readonly TimeSpan Alarm = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PublishLimit = TimeSpan.FromSeconds(5 + 1); // the timeout and a second

    [SkippableFact]
    public Task RabbitMQ_WithMemoryAlarm_RefusesLoudlyAndWorkGoesOn() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.SwallowedPublish;

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, HasOwnServer = true });
        var server = stage.Server!; // asked for
        var (doneAtStart, doneAtEnd, channelsBefore) = (0, 0, 0);

        var tally = await stage.PlayAsync(verdict, async () =>
        {
            channelsBefore = await ChannelsAsync(server);
            await stage.DuringAsync(async () =>
            {
                await stage.EnqueueAsync("backlog", Backlog, milliseconds: 500);
                await server.ControlAsync("set_vm_memory_high_watermark", "0.00001");
                doneAtStart = stage.Book.Done;
                await Task.Delay(Alarm);
                doneAtEnd = stage.Book.Done;
                await server.ControlAsync("set_vm_memory_high_watermark", "0.8");
            });
        });
        var channelsAfter = await ChannelsAsync(server);

        verdict.Judge(tally, new Bounds { Duplicates = 0, Recovered = TimeSpan.FromSeconds(5), Publish = PublishLimit });
        verdict.Note($"{doneAtEnd - doneAtStart} done during the alarm, channels {channelsBefore} → {channelsAfter}");
        verdict.Demand(doneAtEnd > doneAtStart, "done during the alarm", $"{doneAtEnd - doneAtStart}");
        verdict.Demand(channelsAfter <= channelsBefore, "channels", $"{channelsBefore} before, {channelsAfter} after");
        var failed = stage.Load.Publishes.Where(publish => !publish.IsAcked).ToList();
        verdict.Demand(failed.Count > 0, "refused", "no publish failed during the alarm");
        var silent = tally.Refused.Where(publish => !publish.Error!.Message.Contains("short of memory or disk", StringComparison.Ordinal)).ToList(); // refused ones have an error
        verdict.Demand(silent.Count == 0, "reason", $"{silent.Count} of {tally.Refused.Count} refusals do not name the alarm, such as {silent.FirstOrDefault()?.Error?.Message}");
    }

    private static async Task<int> ChannelsAsync(PrivateServer server) => (await server.ControlAsync("list_channels", "pid")).Split('\n').Count(line => line.StartsWith('<'));
}
