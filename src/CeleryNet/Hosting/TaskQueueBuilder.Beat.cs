using CeleryNet.Hosting;
using CeleryNet.Scheduling;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace CeleryNet;

public sealed partial class TaskQueueBuilder
{
    /// <summary>
    /// Sends periodic tasks: <c>AddBeat(beat => beat.Add("digest", Crontab.Parse("0 8 * * mon", "Europe/Berlin"), DigestTasks.SendWeeklyTask()))</c>. Any number of hosts may do so: one of them
    /// leads, and another takes over. Options and entries also come from the configuration section <c>TaskQueue:Beat</c>; code wins. The tasks of <c>AddTasks()</c> that are
    /// <see cref="PeriodicAttribute"/> are entries too. Calling it again adds to the same beat.
    /// </summary>
    /// <param name="configure">Adds entries and changes the options; <c>null</c> for those of the configuration, or that are added at run time.</param>
    public TaskQueueBuilder AddBeat(Action<BeatOptions>? configure = null)
    {
        if (configure is not null) Services.AddSingleton(new BeatOptionsChange(configure));
        Services.TryAddSingleton(provider => new BeatSettings(provider.GetServices<BeatOptionsChange>(), provider.GetService<IConfiguration>(), provider.GetServices<PeriodicTaskSet>()));
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupCheck, BeatSettings>(provider => provider.GetRequiredService<BeatSettings>()));
        Services.TryAddSingleton(BeatServices.Store);
        Services.TryAddSingleton(BeatServices.Book);
        Services.TryAddSingleton(BeatServices.Beat);
        Services.TryAddSingleton(BeatServices.Schedule);
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, BeatService>(provider => new BeatService(provider.GetRequiredService<Beat>())));
        return this;
    }
}
