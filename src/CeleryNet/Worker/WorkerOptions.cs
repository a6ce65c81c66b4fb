using CeleryNet.Worker.Commands;

namespace CeleryNet.Worker;

/// <summary>What a worker consumes and how much it does at once.</summary>
public sealed class WorkerOptions
{
    private static readonly TimeSpan ShortestHoldWindow = TimeSpan.FromSeconds(2); // brokers give parked tasks back up to a second early
    private static readonly TimeSpan LongestHoldWindow = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestMingle = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestHeartbeat = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestHeartbeat = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestReportInterval = TimeSpan.FromHours(1);

    /// <summary>Names of the queues to consume. Default: the default queue of the task queue.</summary>
    public IReadOnlyList<string> QueueNames { get; private set; } = [];

    /// <summary>
    /// How the queues share the slots: while queues of weight 5 and 1 both have work, five tasks of the one start for one of the other. Empty (default): whatever arrives first starts first. With
    /// weights each queue has a <see cref="Prefetch"/> of its own, so that a full queue keeps no other out; a queue without a weight then has 1.
    /// </summary>
    public IReadOnlyDictionary<string, int> QueueWeights { get; private set; } = new Dictionary<string, int>();

    /// <summary>How many tasks run at the same time, 1 to 10 000; the most of them where <see cref="MinConcurrency"/> is set. Default: four for each processor.</summary>
    public int Concurrency { get; set; } = 4 * Environment.ProcessorCount;

    /// <summary>
    /// Set, the worker scales by itself between this number and <see cref="Concurrency"/>: it begins with this one, takes more at once while more are ready, and fewer again when nothing was added for
    /// 30 seconds. Remote control can change both numbers. Celery's <c>--autoscale</c>. Default <c>null</c>: always <see cref="Concurrency"/>. 1 to <see cref="Concurrency"/>.
    /// </summary>
    public int? MinConcurrency { get; set; }

    /// <summary>
    /// How many messages the worker holds unfinished. Default <c>null</c>: at least 4 × <see cref="Concurrency"/>, more while tasks are short (what runs in about 100 ms, at most
    /// 1 000), less at once when they are not, so that long tasks are not hoarded.
    /// </summary>
    public int? Prefetch { get; set; }

    /// <summary>How long running tasks may go on when the worker stops. Default 25 seconds, since hosts allow 30 (<c>HostOptions.ShutdownTimeout</c>).</summary>
    /// <remarks>
    /// A worker stops in four phases:
    /// <list type="number">
    /// <item>It stops fetching; what it has fetched and not begun, also what waits for its eta, is back in its queue at once. At most 2 seconds.</item>
    /// <item>It drains: running tasks go on to their end, until this time, counted from the beginning of the stop, is over.</item>
    /// <item>It cancels what still runs (<see cref="TaskCancelReason.Shutdown"/>) and waits for <see cref="CancelTimeout"/>. A task that ends by that goes back to its queue unfinished.</item>
    /// <item>It returns the rest: results that no store takes and tasks that do not end go back to the queue, so they run again, and settlements are flushed. At most 2 seconds.</item>
    /// </list>
    /// A task that ran into its hard time limit is not waited for. When the host's own timeout ends earlier, and at a second SIGTERM or SIGINT, the drain is skipped; SIGQUIT stops without one
    /// at once. Such a hurried stop takes at most 3 seconds. The exit code is 0 in every case, since nothing is lost; it is another one only where the host says so.
    /// </remarks>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a cancelled task may take to end when the worker stops. Default 2 seconds; at most 1.2 seconds when the stop is hurried.</summary>
    public TimeSpan CancelTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Node name, <c>name@host</c>, by which tools tell workers apart; two workers must not have the same, which is found out and warned about. Default: <c>cs-</c>, eight random characters and the
    /// host's name, another one at each start. Give it a name that stays where you look at its past in Flower.
    /// </summary>
    public string NodeName { get; set; } = $"cs-{Guid.NewGuid().ToString("N")[..8]}@{Environment.MachineName}";

    /// <summary>
    /// False: the worker listens to no remote control at all, as with Celery's <c>worker_enable_remote_control</c>. It can then not be told to revoke tasks, and tools do not see it. Default true.
    /// </summary>
    public bool EnableRemoteControl { get; set; } = true;

    /// <summary>Names of remote control commands that are switched off, such as <c>shutdown</c> or <c>pool_grow</c>; whoever sends one gets an error. Default: none.</summary>
    public IReadOnlyList<string> DisabledCommands { get; private set; } = [];

    /// <summary>
    /// How long other workers have to tell at the start what is revoked (Celery's mingle). The worker connects meanwhile; its first task waits for it. Redis and the in-memory broker say how many
    /// workers there are, so that the last answer ends the wait; RabbitMQ does not. Default 1 second, as in Celery; zero does not ask. At most 10 seconds.
    /// </summary>
    public TimeSpan MingleTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How many tasks with a countdown or eta the worker keeps until they are due, beyond <see cref="Prefetch"/>. More of them are left to the broker where it can keep them, else they take the
    /// room of immediate ones. Default 10 000.
    /// </summary>
    public int MaxHeldTasks { get; set; } = 10_000;

    /// <summary>How much memory these tasks may take together, in bytes: their bodies and 2 KiB for each. Beyond it the same happens as beyond <see cref="MaxHeldTasks"/>. Default 64 MiB.</summary>
    public int MaxHeldBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// How many finished tasks may wait, unacknowledged and outside their slots, while the result store is away, so that tasks without a result go on. Beyond it a finished task keeps its slot until
    /// its result is stored. A worker that is killed meanwhile repeats them all. Default 4 000; 0 lets each wait in its slot.
    /// </summary>
    public int MaxUnstoredTasks { get; set; } = 4_000;

    /// <summary>How much memory these tasks may take together, in bytes: their bodies, their results and 6 KiB for each. Default 24 MiB.</summary>
    public int MaxUnstoredBytes { get; set; } = 24 * 1024 * 1024;

    /// <summary>
    /// A task that is due within this time is kept in memory; one that is due later is left to the broker, where it survives the worker and can go to any other one. Brokers that cannot keep
    /// it (the in-memory one) leave it with the worker. Default 30 seconds; 2 seconds to 1 hour.
    /// </summary>
    public TimeSpan HoldWindow { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many times a task is started before it is given up as one that kills its worker: it then fails with <c>WorkerLostError</c> and goes to the dead letters. 0 for any number; a task's
    /// own setting wins. Default 5.
    /// The last start waits until nothing else runs in the worker, and others wait until it has ended, each 30 seconds at most, so that a task is given up only for a process that died while it
    /// ran alone. Not with 1, where the first start is the last.
    /// </summary>
    public int MaxDeliveries { get; set; } = 5;

    /// <summary>
    /// How many given up tasks the queue <c>&lt;queue&gt;.dead</c> keeps; the oldest are dropped. Default 10 000. All workers of a queue must agree, since RabbitMQ refuses a declaration with
    /// another number.
    /// </summary>
    public int MaxDeadLetters { get; set; } = 10_000;

    /// <summary>What happens to a task that this worker has no handler for. Default: it fails, as in Celery.</summary>
    public UnknownTaskPolicy UnknownTasks { get; set; } = UnknownTaskPolicy.Fail;

    /// <summary>How long a task without handler is given back before it fails, where <see cref="UnknownTasks"/> is <see cref="UnknownTaskPolicy.GiveBack"/>. Default 10 minutes.</summary>
    public TimeSpan UnknownTaskTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// True sends an event for every step of every task: what <c>celery events</c>, Flower and <see cref="Events.ClusterState"/> show. Default false, as in Celery, whose workers do it with
    /// <c>-E</c>; remote control switches it while the worker runs.
    /// </summary>
    public bool SendTaskEvents { get; set; }

    /// <summary>
    /// How often the worker tells by the event <c>worker-heartbeat</c> that it is alive, with <c>worker-online</c> before and <c>worker-offline</c> after it; monitors give it up after twice this
    /// time. Default 2 seconds, as Celery's; 0.5 seconds to 1 hour. Zero, which only code can set, sends none of the three: Celery's <c>--without-heartbeat</c>.
    /// </summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The least time between two stored reports of one task (<see cref="TaskContext.ReportAsync{T}(string, T, CancellationToken)"/>, <see cref="IProgress{T}"/>); of those in between the newest is
    /// stored. Default 500 ms; zero, which only code can set, stores as fast as the store takes them.
    /// </summary>
    public TimeSpan ReportInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Sets the queues to consume.</summary>
    public void Queues(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        QueueNames = [.. names];
    }

    /// <summary>Sets <see cref="DisabledCommands"/>: <c>worker.DisableCommands("shutdown", "pool_grow", "pool_shrink")</c>.</summary>
    /// <param name="names">Celery's names of the commands; one that does not exist fails the start.</param>
    public void DisableCommands(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        DisabledCommands = [.. names];
    }

    /// <summary>Adds a queue with a weight, or gives one of <see cref="Queues"/> a weight; see <see cref="QueueWeights"/>.</summary>
    /// <param name="name">Name of the queue.</param>
    /// <param name="weight">Its weight, 1 to 1000.</param>
    public void Queue(string name, int weight)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!QueueNames.Contains(name)) QueueNames = [.. QueueNames, name];
        QueueWeights = new Dictionary<string, int>(QueueWeights) { [name] = weight };
    }

    internal WorkerOptions Copy() => (WorkerOptions)MemberwiseClone();

    /// <summary>What is wrong with the options, each with option, value and allowed range.</summary>
    internal IEnumerable<string> Validate()
    {
        if (Concurrency is < 1 or > 10_000) yield return $"Worker.Concurrency is {Concurrency} but must be from 1 to 10 000.";
        if (MinConcurrency < 1 || MinConcurrency > Concurrency)
            yield return $"Worker.MinConcurrency is {MinConcurrency} but must be from 1 to Worker.Concurrency, {Concurrency}, or unset.";
        if (MingleTimeout < TimeSpan.Zero || MingleTimeout > LongestMingle) yield return $"Worker.MingleTimeout is {MingleTimeout} but must be from {TimeSpan.Zero} to {LongestMingle}.";
        foreach (var name in DisabledCommands.Where(name => !WorkerCommands.Names.Contains(name)))
            yield return $"Worker.DisabledCommands holds '{name}' but must hold names of commands: {string.Join(", ", WorkerCommands.Names.Order(StringComparer.Ordinal))}.";
        if (Prefetch is < 1 or > 65_535) yield return $"Worker.Prefetch is {Prefetch} but must be from 1 to 65 535, or unset.";
        if (ShutdownTimeout < TimeSpan.Zero) yield return $"Worker.ShutdownTimeout is {ShutdownTimeout} but must not be negative.";
        if (CancelTimeout < TimeSpan.Zero) yield return $"Worker.CancelTimeout is {CancelTimeout} but must not be negative.";
        if (MaxHeldTasks < 0) yield return $"Worker.MaxHeldTasks is {MaxHeldTasks} but must not be negative.";
        if (MaxHeldBytes < 0) yield return $"Worker.MaxHeldBytes is {MaxHeldBytes} but must not be negative.";
        if (MaxUnstoredTasks < 0) yield return $"Worker.MaxUnstoredTasks is {MaxUnstoredTasks} but must not be negative.";
        if (MaxUnstoredBytes < 0) yield return $"Worker.MaxUnstoredBytes is {MaxUnstoredBytes} but must not be negative.";
        if (HoldWindow < ShortestHoldWindow || HoldWindow > LongestHoldWindow) yield return $"Worker.HoldWindow is {HoldWindow} but must be from {ShortestHoldWindow} to {LongestHoldWindow}.";
        if (ReportInterval < TimeSpan.Zero || ReportInterval > LongestReportInterval) yield return $"Worker.ReportInterval is {ReportInterval} but must be from 00:00:00 to {LongestReportInterval}.";
        if (MaxDeliveries < 0) yield return $"Worker.MaxDeliveries is {MaxDeliveries} but must not be negative.";
        if (MaxDeadLetters < 1) yield return $"Worker.MaxDeadLetters is {MaxDeadLetters} but must be at least 1.";
        if (!Enum.IsDefined(UnknownTasks)) yield return $"Worker.UnknownTasks is {UnknownTasks} but must be Fail or GiveBack.";
        if (UnknownTaskTimeout <= TimeSpan.Zero) yield return $"Worker.UnknownTaskTimeout is {UnknownTaskTimeout} but must be positive.";
        if (HeartbeatInterval != TimeSpan.Zero && (HeartbeatInterval < ShortestHeartbeat || HeartbeatInterval > LongestHeartbeat))
            yield return $"Worker.HeartbeatInterval is {HeartbeatInterval} but must be from {ShortestHeartbeat} to {LongestHeartbeat}, or zero.";
        if (string.IsNullOrWhiteSpace(NodeName) || NodeName.Any(char.IsWhiteSpace)) yield return $"Worker.NodeName is '{NodeName}' but must be a name such as celery@host, without blanks.";
        foreach (var (name, weight) in QueueWeights)
        {
            if (weight is < 1 or > 1000) yield return $"Worker.QueueWeights:{name} is {weight} but must be from 1 to 1000.";
            if (!QueueNames.Contains(name)) yield return $"Worker.QueueWeights names '{name}', which is none of Worker.Queues ({string.Join(", ", QueueNames)}).";
        }

        if (QueueNames.Any(string.IsNullOrWhiteSpace)) yield return "Worker.Queues holds an empty name.";
    }
}
