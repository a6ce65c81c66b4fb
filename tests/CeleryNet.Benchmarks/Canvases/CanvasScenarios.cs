using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Redis;

namespace CeleryNet.Benchmarks.Canvases;

/// <summary>Canvases on Redis with results in Redis, against Debian's Celery: goal P15.</summary>
internal static class CanvasScenarios
{
    internal static readonly Scenario[] All =
    [
        Of("canvas-group", "a group of 1 000, from the call to all results", CanvasForm.Group, 1000, 15),
        Of("canvas-chord", "a chord of 1 000, from the call to the result of its body", CanvasForm.Chord, 1000, 15),
        Of("canvas-chain", "a chain of 100, from the call to the last result", CanvasForm.Chain, 100, 4),
    ];

    // A round with Celery takes seconds.
    private static Scenario Of(string name, string description, CanvasForm form, int count, double ratio) => new(name, description, async settings =>
        await new Contest(name, settings with { WarmRounds = Math.Min(1, settings.WarmRounds) })
            .Add(new CeleryCanvas(form, await RedisQueueControl.OpenAsync().ConfigureAwait(false)))
            .Add(new CanvasRun(form, await RedisQueueControl.OpenAsync().ConfigureAwait(false)), Goal.RatioAtLeast("P15", ratio))
            .RunAsync(count).ConfigureAwait(false));
}
