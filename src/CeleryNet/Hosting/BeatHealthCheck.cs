using CeleryNet.Scheduling;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CeleryNet.Hosting;

/// <summary>Healthy while the beat of this host looks at its agenda, or hears that another one leads; also where there is none.</summary>
internal sealed class BeatHealthCheck(Beat? beat, BeatSettings? settings) : IHealthCheck
{
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(10);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check(context));

    private HealthCheckResult Check(HealthCheckContext context)
    {
        if (beat is null || settings is null) return HealthCheckResult.Healthy("This host runs no beat");
        var (age, isLeading) = (beat.TickAge, beat.IsLeading);
        var patience = settings.Options.LeaseDuration + settings.Options.ChangeInterval;
        if (patience < LeastPatience) patience = LeastPatience;
        var data = new Dictionary<string, object> { ["is_leading"] = isLeading, ["last_tick_age_seconds"] = age.TotalSeconds };
        return age <= patience
            ? HealthCheckResult.Healthy(isLeading ? "The beat leads" : "Another beat leads", data)
            : new HealthCheckResult(context.Registration.FailureStatus, $"The beat has not {(isLeading ? "looked at its agenda" : "heard of its lease")} for {age.TotalSeconds:0} s, more than {patience.TotalSeconds:0} s", data: data);
    }
}
