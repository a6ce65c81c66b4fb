using System.Globalization;
using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Rows;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;

namespace CeleryNet.Chaos.Tests.LongRows;

/// <summary>Half an hour of work with a reset of all connections every 10 s: memory stays flat, nothing is lost.</summary>
public abstract class Row34Soak(BrokerKind broker) : Row("34 soak", broker)
{
    private const double MostGrowthPerTenMinutes = 1024 * 1024;

    private static readonly TimeSpan BetweenResets = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Sample = TimeSpan.FromSeconds(30);

    private static TimeSpan Duration =>
        TimeSpan.FromMinutes(double.Parse(Environment.GetEnvironmentVariable("CELERYNET_CHAOS_SOAK_MINUTES") is { Length: > 0 } minutes ? minutes : "30", CultureInfo.InvariantCulture));

    [LongFact]
    public Task Work_WithConstantResets_StaysFlat() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.NoReturn;

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, IsProxied = true, HasOwnResults = !IsRabbitMQ });
        var samples = stage.Workers.ToDictionary(seat => seat, _ => new List<(TimeSpan At, double Bytes)>());
        var resets = 0;

        var tally = await stage.PlayAsync(verdict, () => stage.DuringAsync(async () =>
        {
            var start = DateTimeOffset.UtcNow;
            var nextSample = TimeSpan.Zero;
            while (DateTimeOffset.UtcNow - start < (Mutation.AreOn ? TimeSpan.FromSeconds(15) : Duration))
            {
                await Task.Delay(BetweenResets);
                foreach (var proxy in stage.Proxies) proxy.Cut();
                resets++;
                if (DateTimeOffset.UtcNow - start < nextSample) continue;
                nextSample += Sample;
                foreach (var seat in stage.Workers) samples[seat].Add((DateTimeOffset.UtcNow - start, (await seat.Process.MeasureAsync()).MemoryBytes));
            }
        }));

        verdict.Judge(tally, new Bounds { Duplicates = resets * stage.Workers.Count * Setup.Slots, Recovered = TimeSpan.FromSeconds(5) });
        foreach (var (seat, points) in samples)
        {
            var slope = SlopePerTenMinutes([.. points.Where(point => point.At >= Duration / 2)]); // the runtime takes its memory in the first minutes, and compiles what has turned out to be hot
            var course = string.Join(' ', points.Where((_, index) => index % 5 == 0).Select(point => $"{point.Bytes / 1048576:0.0}"));
            verdict.Note($"{resets} resets, MB every {5 * Sample.TotalMinutes} minutes {course}, slope of the second half {slope / 1048576:0.00} MB in 10 minutes");
            verdict.Demand(slope <= MostGrowthPerTenMinutes, "slope", $"worker {seat.Process.Id} grows by {slope / 1048576:0.00} MB in 10 minutes");
        }
    }

    // Least squares.
    private static double SlopePerTenMinutes(List<(TimeSpan At, double Bytes)> points)
    {
        if (points.Count < 2) return 0;
        var (time, bytes) = (points.Average(point => point.At.TotalMinutes), points.Average(point => point.Bytes));
        return 10 * points.Sum(point => (point.At.TotalMinutes - time) * (point.Bytes - bytes)) / points.Sum(point => Math.Pow(point.At.TotalMinutes - time, 2));
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row34OverRabbitMQ() : Row34Soak(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row34OverRedis() : Row34Soak(BrokerKind.Redis);
