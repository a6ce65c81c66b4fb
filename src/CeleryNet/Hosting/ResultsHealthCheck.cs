using CeleryNet.Diagnostics;
using CeleryNet.Results;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CeleryNet.Hosting;

/// <summary>Healthy when the result store answers, or when there is none.</summary>
internal sealed class ResultsHealthCheck(IResultBackend results, TimeProvider time, TimeSpan timeout) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        PingCheck.RunAsync("Result store", results.Address, ErrorCodes.ResultsUnavailable, results.PingAsync, time, timeout, context, cancellationToken);
}
