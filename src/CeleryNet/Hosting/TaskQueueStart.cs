using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Hosting;

/// <summary>
/// Checks everything before anything of the host starts, and fails the start with one error that lists all that is wrong. Connects to nothing: a broker that is down is no
/// reason not to start.
/// </summary>
internal sealed class TaskQueueStart(IServiceProvider services, TaskQueueSettings settings, IEnumerable<IStartupCheck> checks, ILogger<TaskQueueStart> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var errors = new List<TaskQueueConfigurationException>();
        var failures = new List<string>(settings.Failures);
        foreach (var check in checks) check.Check(failures);

        if (settings.Failures.Count == 0) // else each of these fails with the same list
        {
            Try<IBroker>(errors);
            if (errors.Count == 0) Try<IResultBackend>(errors); // what it is by default depends on the broker
            if (errors.Count == 0) Try<ITaskControl>(errors); // as where revocations are kept depends on both
        }

        Try<TaskHandlerTable>(errors);
        if (settings.Failures.Count == 0 && errors.Count == 0) failures.AddRange(StoreCheck.Failures(services, settings.Options));
        if (errors is [var only] && failures.Count == 0) throw only;
        failures.AddRange(errors.Select(error => error.Reason));
        if (failures.Count > 0) throw TaskQueueSettings.Error(failures, errors.FirstOrDefault());

        Log.Started(logger, services.GetRequiredService<IBroker>().Address, services.GetRequiredService<IResultBackend>().Address);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Try<TService>(List<TaskQueueConfigurationException> errors) where TService : notnull
    {
        try
        {
            services.GetRequiredService<TService>();
        }
        catch (TaskQueueConfigurationException error)
        {
            errors.Add(error);
        }
    }
}
