using System.Globalization;
using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Redis;
using CeleryNet.Tasks;

namespace CeleryNet.Benchmarks.Beats;

/// <summary>A beat with 10 000 entries on Redis: how late its sends are, what it costs while nothing is due, and how soon a change counts.</summary>
internal static class BeatScenario
{
    private const int Entries = 10_000;
    private const int Changes = 20;
    private const double LatestMilliseconds = 100;
    private const double MostIdlePercent = 1;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(20); // 500 sends a second, one at a time
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5); // the just-in-time compiler, and the first schedule written to the store
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    internal static async Task<IReadOnlyList<Row>> RunAsync(Settings settings)
    {
        using var deadline = new CancellationTokenSource(Limit);
        await using var queues = await RedisQueueControl.OpenAsync().ConfigureAwait(false);
        var sends = await SendAsync((int)(Entries * settings.Scale), deadline.Token).ConfigureAwait(false);
        await queues.ClearAsync(deadline.Token).ConfigureAwait(false);
        var (idle, changed) = await IdleAsync(deadline.Token).ConfigureAwait(false);
        await queues.ClearAsync(deadline.Token).ConfigureAwait(false);
        return [sends, idle, changed];
    }

    private static async Task<Row> SendAsync(int count, CancellationToken deadline)
    {
        var anchor = DateTimeOffset.UtcNow;
        await using var host = await BeatHost.StartAsync(
            Servers.Redis,
            beat =>
            {
                for (var i = 0; i < Entries; i++) beat.Add($"entry-{i}", Schedule.Every(Period, anchor + (i * (Period / Entries))), "bench.nothing");
            },
            deadline).ConfigureAwait(false);
        await Task.Delay(Settling, deadline).ConfigureAwait(false);
        await host.TakeAsync(host.Sends, deadline).ConfigureAwait(false);

        var meter = Meter.Start();
        var lateness = await host.TakeAsync(count, deadline).ConfigureAwait(false);
        return RowOf("10 000 entries, 500 due a second", meter.Stop(count), lateness);
    }

    private static async Task<(Row Idle, Row Changed)> IdleAsync(CancellationToken deadline)
    {
        await using var host = await BeatHost.StartAsync(
            Servers.Redis,
            beat =>
            {
                for (var i = 0; i < Entries; i++) beat.Add($"entry-{i}", Crontab.Parse(string.Create(CultureInfo.InvariantCulture, $"{i % 60} {i / 60 % 24} 29 feb *"), "Europe/Berlin"), "bench.nothing");
            },
            deadline).ConfigureAwait(false);
        await Task.Delay(Settling, deadline).ConfigureAwait(false);

        Meter.Settle();
        var meter = Meter.Start();
        await Task.Delay(IdleTime, deadline).ConfigureAwait(false);
        var idle = meter.Stop(1);
        var percent = 100 * idle.ClientCpu / idle.Elapsed;
        var row = RowOf("10 000 entries, none due", idle, []) with
        {
            Goals = [new GoalVerdict(string.Create(CultureInfo.InvariantCulture, $"idle % of a core {percent:0.00} ≤ {MostIdlePercent}"), percent <= MostIdlePercent)],
        };

        meter = Meter.Start();
        for (var i = 0; i < Changes; i++)
        {
            // Half the interval at which it looks for changes: only one who was woken can be in time.
            await host.Schedule.AddAsync(new BeatEntry($"added-{i}", Schedule.At(DateTimeOffset.UtcNow.AddMilliseconds(500)), new Signature(new TaskDefinition("bench.nothing"), TaskArguments.None)), deadline).ConfigureAwait(false);
            while (host.Sends <= i) await Task.Delay(5, deadline).ConfigureAwait(false);
        }

        return (row, RowOf("one of 10 000 added, due in 0.5 s", meter.Stop(Changes), await host.TakeAsync(Changes, deadline).ConfigureAwait(false)));
    }

    private static Row RowOf(string name, Sample sample, IReadOnlyList<double> lateness)
    {
        double? p99 = lateness.Count == 0 ? null : Statistics.Quantile(lateness, 0.99);
        return new Row
        {
            Scenario = "beat",
            Contender = name,
            Rounds = 1,
            Operations = sample.Operations,
            RatePerSecond = sample.RatePerSecond,
            ClientCpuMicroseconds = sample.ClientCpu.TotalMicroseconds / sample.Operations,
            ServerCpuMicroseconds = sample.ServerCpu?.TotalMicroseconds / sample.Operations,
            P50Milliseconds = lateness.Count == 0 ? null : Statistics.Quantile(lateness, 0.5),
            P99Milliseconds = p99,
            Goals = p99 is { } late ? [new GoalVerdict(string.Create(CultureInfo.InvariantCulture, $"lateness p99 ms {late:0.0} ≤ {LatestMilliseconds}"), late <= LatestMilliseconds)] : [],
        };
    }
}
