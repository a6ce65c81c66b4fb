using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Testing;

/// <summary>
/// A task queue inside a test: client, worker, broker and results in this process, with arguments and results really serialized. No server, no real waiting, and the same order in every run:
/// the worker runs one task at a time unless <c>AddWorker(worker => worker.Concurrency = 4)</c> says otherwise.
/// </summary>
/// <remarks>
/// <code>
/// await using var harness = await TaskQueueHarness.StartAsync(queue => queue.AddTasks().Replace&lt;IMailer&gt;(mailer));
/// var result = await harness.RunAsync(ShopTasks.BillTask(42));
/// </code>
/// It belongs to no test framework. Thread-safe.
/// </remarks>
public sealed partial class TaskQueueHarness : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly HostedServices _hosted;
    private readonly OpenWork _work;
    private readonly SentTasks _sent;
    private readonly RunListener _runs;
    private readonly HarnessBeat _beat;
    private readonly TimeSpan _deadline;
    private int _isDisposed;

    private TaskQueueHarness(ServiceProvider services, OpenWork work, VirtualTime time, TimeSpan deadline)
    {
        (_services, _work, Time, _deadline) = (services, work, time, deadline);
        _hosted = new HostedServices([.. services.GetServices<IHostedService>()]);
        _sent = services.GetRequiredService<SentTasks>();
        _runs = services.GetServices<IWorkerEvents>().OfType<RunListener>().Single();
        _beat = new HarnessBeat(services.GetService<IBeatSchedule>(), time);
        Client = services.GetRequiredService<ITaskClient>();
    }

    /// <summary>Sends tasks, as the host's own code does.</summary>
    public ITaskClient Client { get; }

    /// <summary>The services of the host.</summary>
    public IServiceProvider Services => _services;

    /// <summary>The clock of client, worker and broker. Moving it starts what comes due; <see cref="AdvanceAsync"/> also waits for that.</summary>
    public VirtualTime Time { get; }

    /// <summary>What was sent through the client so far, by the test and by tasks, oldest first. Retries are not sent again and not here.</summary>
    public IReadOnlyList<SentTask> Sent => _sent.All;

    /// <summary>The runs that have ended so far, oldest first: one for each attempt.</summary>
    public IReadOnlyList<TaskRun> Runs => _runs.All;

    /// <summary>Starts a harness.</summary>
    /// <param name="configure">
    /// Says what the task queue consists of, as in <c>services.AddTaskQueue(…)</c>; <c>queue.Services</c> takes other services, the host's own registrations too. Broker, results and clock that it
    /// names are replaced. The worker consumes the default queue and those of the tasks' attributes unless it says otherwise.
    /// </param>
    /// <param name="options">Clock and deadline; <c>null</c> for the defaults.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="TaskQueueConfigurationException">The configuration is wrong, as at the start of a host.</exception>
    public static async Task<TaskQueueHarness> StartAsync(Action<TaskQueueBuilder> configure, TaskQueueHarnessOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        options ??= new TaskQueueHarnessOptions();
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Deadline, TimeSpan.Zero);
        var (time, work) = (new VirtualTime(options.StartTime), new OpenWork());
        var services = HarnessServices.Build(configure, time, work);
        try
        {
            var harness = new TaskQueueHarness(services, work, time, options.Deadline);
            await harness._hosted.StartAsync(cancellationToken).ConfigureAwait(false);
            await harness._beat.NextAsync(cancellationToken).ConfigureAwait(false); // its schedule counts from here
            return harness;
        }
        catch
        {
            await services.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Forgets what was sent so far, so that what follows stands alone in <see cref="Sent"/>.</summary>
    public void ClearSent() => _sent.Clear();

    /// <summary>Stops the worker; what is not done is lost. A running task is cancelled, not waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1) return;
        var stop = StopAsync();
        // The phases of a stop are counted by the clock, which nobody else moves now. Only a task that does not end by its cancellation comes this far.
        while (!stop.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(stop, Task.Delay(TimeSpan.FromMilliseconds(20))).ConfigureAwait(false);
        }

        await stop.ConfigureAwait(false);
    }

    private async Task StopAsync()
    {
        await Task.Yield();
        await _hosted.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
    }
}
