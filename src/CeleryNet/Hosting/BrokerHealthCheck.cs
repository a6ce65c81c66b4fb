using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CeleryNet.Hosting;

/// <summary>Healthy when the broker answers.</summary>
internal sealed class BrokerHealthCheck(IBroker broker, TimeProvider time, TimeSpan timeout) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        PingCheck.RunAsync("Broker", broker.Address, ErrorCodes.BrokerUnavailable, broker.PingAsync, time, timeout, context, cancellationToken);
}
