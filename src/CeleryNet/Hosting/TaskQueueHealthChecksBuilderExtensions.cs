using CeleryNet.Brokers;
using CeleryNet.Hosting;
using CeleryNet.Results;
using CeleryNet.Scheduling;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Health checks of a task queue.</summary>
public static class TaskQueueHealthChecksBuilderExtensions
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Adds the checks <c>{name}-broker</c> and <c>{name}-results</c>, which ask their servers for a sign of life, and <c>{name}-worker</c> and <c>{name}-beat</c>, which tell whether the broker delivers
    /// to the worker of this host and whether its beat ticks: <c>services.AddHealthChecks().AddTaskQueue()</c>. Calling it again with the same name changes nothing.
    /// </summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="name">Beginning of the names.</param>
    /// <param name="failureStatus">Status when a server does not answer; default unhealthy.</param>
    /// <param name="tags">Tags of the checks.</param>
    /// <param name="timeout">How long a server may take to answer; default 5 seconds.</param>
    public static IHealthChecksBuilder AddTaskQueue(
        this IHealthChecksBuilder builder, string name = "taskqueue", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var limit = timeout ?? DefaultTimeout;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero, nameof(timeout));
        string[] labels = [.. tags ?? []];
        Add(new HealthCheckRegistration($"{name}-broker", services => new BrokerHealthCheck(services.GetRequiredService<IBroker>(), TimeOf(services), limit), failureStatus, labels));
        Add(new HealthCheckRegistration($"{name}-results", services => new ResultsHealthCheck(services.GetRequiredService<IResultBackend>(), TimeOf(services), limit), failureStatus, labels));
        Add(new HealthCheckRegistration($"{name}-worker", services => new WorkerHealthCheck(services.GetService<WorkerService>()), failureStatus, labels));
        Add(new HealthCheckRegistration($"{name}-beat", services => new BeatHealthCheck(services.GetService<Beat>(), services.GetService<BeatSettings>()), failureStatus, labels));
        return builder;

        void Add(HealthCheckRegistration check) => builder.Services.Configure<HealthCheckServiceOptions>(options =>
        {
            if (options.Registrations.All(known => known.Name != check.Name)) options.Registrations.Add(check);
        });
    }

    private static TimeProvider TimeOf(IServiceProvider services) => services.GetRequiredService<TimeProvider>();
}
