using System.Globalization;
using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;
using CeleryNet.Client;
using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Scheduling;
using CeleryNet.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CeleryNet.Hosting;

/// <summary>Makes the parts of a beat out of the services of its host.</summary>
internal static class BeatServices
{
    private const string DefaultFile = "celerynet-beat.json";

    /// <summary>Where the schedule is kept: a file where one is named, else what all hosts share, the broker first as the beat needs it anyway, else memory or a file.</summary>
    internal static IScheduleStore Store(IServiceProvider services)
    {
        var broker = services.GetRequiredService<IBroker>();
        var file = Options(services).StateFile;
        if (file is null && broker is IScheduleStore shared) return shared;
        if (file is null && services.GetRequiredService<IResultBackend>() is IScheduleStore results) return results;
        if (file is null && broker.Address.StartsWith("memory://", StringComparison.Ordinal)) return new MemoryScheduleStore();
        return new FileScheduleStore(file ?? DefaultFile, Time(services), Logger(services));
    }

    internal static ScheduleBook Book(IServiceProvider services)
    {
        var options = Options(services);
        return new ScheduleBook(options.Name, options.Entries, services.GetRequiredService<IScheduleStore>(), services.GetRequiredService<WireOptions>(), Time(services), Logger(services));
    }

    internal static Beat Beat(IServiceProvider services)
    {
        var options = Options(services);
        var broker = services.GetRequiredService<IBroker>();
        var lease = services.GetService<ILeaderLease>() ?? broker as ILeaderLease;
        if (lease is null) Log.BeatAlone(Logger(services), options.Name, broker.Address);
        var leadership = new Leadership(lease ?? new MemoryLeases(Time(services)), options.Name, Holder(), options.LeaseDuration, Time(services), Logger(services));

        // Elsewhere the lease is asked before the send, and the equal id of a second send makes it recognisable.
        var fenced = ReferenceEquals(lease, broker) ? broker as IFencedPublisher : null;
        var sender = new BeatSender(options.Name, services.GetRequiredService<TaskClient>(), broker, fenced, Logger(services));
        return new Beat(options, services.GetRequiredService<ScheduleBook>(), services.GetRequiredService<IScheduleStore>(), sender, leadership, Time(services), Logger(services));
    }

    internal static IBeatSchedule Schedule(IServiceProvider services) => new BeatSchedule(
        Options(services).Name, services.GetRequiredService<ScheduleBook>(), services.GetRequiredService<IScheduleStore>(), services.GetRequiredService<ITaskClient>(),
        services.GetRequiredService<Beat>().Wake, Time(services));

    private static string Holder() => string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}@{Environment.MachineName}");

    private static BeatOptions Options(IServiceProvider services) => services.GetRequiredService<BeatSettings>().Options;

    private static TimeProvider Time(IServiceProvider services) => services.GetRequiredService<TimeProvider>();

    private static ILogger Logger(IServiceProvider services) => services.GetService<ILoggerFactory>()?.CreateLogger<Beat>() ?? NullLogger<Beat>.Instance;
}
