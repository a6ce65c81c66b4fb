using CeleryNet.Brokers;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CeleryNet.Hosting;

/// <summary>Asks one server for a sign of life and says how it went, with the code of the error and without passwords.</summary>
internal static class PingCheck
{
    internal static async Task<HealthCheckResult> RunAsync(
        string kind, string address, string code, Func<CancellationToken, ValueTask> ping, TimeProvider time, TimeSpan timeout, HealthCheckContext context, CancellationToken cancellationToken)
    {
        using var clock = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        var where = $"{kind} {ConnectionString.Mask(address)}";
        try
        {
            // Waited for from here, so that a client that overlooks its token cannot hang the check.
            await ping(either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
            return HealthCheckResult.Healthy($"{where} answers");
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Failed(context, $"{where} did not answer within {timeout.TotalSeconds:0.###} s [{code}]", null);
        }
        catch (TaskQueueException error)
        {
            return Failed(context, $"{where}: {ConnectionString.Mask(error.Message)}", error);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return Failed(context, $"{where}: {ConnectionString.Mask(error.Message)} [{code}]", error);
        }
    }

    private static HealthCheckResult Failed(HealthCheckContext context, string description, Exception? error) => new(context.Registration.FailureStatus, description, error);
}
