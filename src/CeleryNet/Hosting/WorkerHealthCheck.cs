using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CeleryNet.Hosting;

/// <summary>Healthy while the broker delivers to the worker of this host; also where there is none.</summary>
internal sealed class WorkerHealthCheck(WorkerService? worker) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check(context));

    private HealthCheckResult Check(HealthCheckContext context)
    {
        if (worker is null) return HealthCheckResult.Healthy("This host runs no worker");
        if (worker.Status is not { } status) return new HealthCheckResult(context.Registration.FailureStatus, "The worker has not reached its broker yet");
        var data = new Dictionary<string, object> { ["consumer_ok"] = status.IsConnected, ["generation"] = status.Generation, ["stale_settlements"] = status.StaleSettlements };
        if (status.LastDelivery is { } last) data["last_delivery"] = last;
        return status.IsConnected
            ? HealthCheckResult.Healthy("The broker delivers to the worker", data)
            : new HealthCheckResult(context.Registration.FailureStatus, "The worker lost its broker and is reconnecting", data: data);
    }
}
