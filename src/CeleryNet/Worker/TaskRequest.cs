using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Worker.FollowUps;

namespace CeleryNet.Worker;

/// <summary>A delivery on its way through the pipeline, with what each step found out.</summary>
internal sealed class TaskRequest(IBrokerConsumer consumer, Delivery delivery, QueueDefinition queue) : ITaskReporting, ITaskCanvas
{
    private static readonly object ClosedReports = new();

    private Delivery _delivery = delivery;
    private Delivery? _unsettled = delivery; // null when its settlement has begun; changed by Interlocked alone, so that no delivery is settled twice or forgotten
    private volatile bool _hasEnded;
    private object? _reporter; // null until the task reports something, ClosedReports when its end has begun
    private volatile bool _mayBeUnstored;
    private byte _endsAs; // 0 for null, else one more than the settlement
    private byte _settledAs;
    private Rare? _rare; // what few tasks have; 50 bytes less in all others

    /// <summary>The consumer it came from and is settled with.</summary>
    internal IBrokerConsumer Consumer { get; } = consumer;

    /// <summary>The delivery it is settled by; a later one than it began with when the broker handed the message out again while it ran.</summary>
    internal Delivery Delivery => Volatile.Read(ref _delivery);

    /// <summary>The queue it was taken from, to which a retry goes back.</summary>
    internal QueueDefinition Queue { get; } = queue;

    internal TaskMessage Message { get; } = delivery.Message;

    /// <summary>Set by the read step.</summary>
    internal TaskBody Body { get; set; }

    /// <summary>Set by the resolve step.</summary>
    internal TaskHandler? Handler { get; set; }

    /// <summary>Attribute and configuration together; set by the resolve step.</summary>
    internal TaskPolicy Policy { get; set; } = TaskPolicy.None;

    /// <summary>What is known of it while its limits keep it waiting, and until it has ended; <c>null</c> where it has none.</summary>
    internal PendingStart? Pending
    {
        get => _rare?.Pending;
        set => SetRare(value, value is not null, static (rare, value) => rare.Pending = value);
    }

    /// <summary>Ends the run early; set while it runs.</summary>
    internal TaskCancellation? Cancellation { get; set; }

    /// <summary>What the task sees of itself; set while it runs and after, <c>null</c> when it never ran.</summary>
    internal TaskContext? Context { get; set; }

    /// <summary>What the run threw.</summary>
    internal Exception? Exception
    {
        get => _rare?.Exception;
        set => SetRare(value, value is not null, static (rare, value) => rare.Exception = value);
    }

    /// <summary>Makes the reporter of the run; <c>null</c> when nobody wants reports.</summary>
    internal StateReports? Reports { get; set; }

    /// <summary>Does what follows it; <c>null</c> where the worker sends nothing. Set while it runs.</summary>
    internal FollowUpRunner? FollowUps { get; set; }

    /// <summary>Watches its time limits while it runs; <c>null</c> when it has none.</summary>
    internal RunLimit? Limit
    {
        get => _rare?.Limit;
        set => SetRare(value, value is not null, static (rare, value) => rare.Limit = value);
    }

    /// <summary>Timestamp at which the run began.</summary>
    internal long Start { get; set; }

    /// <summary>How long it ran; set when it ended.</summary>
    internal TimeSpan Elapsed { get; set; }

    /// <summary>Set when this is the last start that the task is given; nearly always <c>null</c>.</summary>
    internal LastStart? LastStart
    {
        get => _rare?.LastStart;
        set => SetRare(value, value is not null, static (rare, value) => rare.LastStart = value);
    }

    /// <summary>True when nothing is left to settle, as after an early acknowledgement.</summary>
    internal bool IsSettled => Volatile.Read(ref _unsettled) is null;

    /// <summary>True when its settlement went to a connection that was lost: the broker delivers the message again.</summary>
    internal bool WasLost { get; private set; }

    /// <summary>How a second delivery of this run is to be settled, once that is certain; <c>null</c> before, and where the run says nothing about its message.</summary>
    internal Settlement? EndsAs
    {
        get => Read(_endsAs);
        set => _endsAs = Write(value);
    }

    /// <summary>What its message was settled with; <c>null</c> while it is not, and after an early acknowledgement.</summary>
    internal Settlement? SettledAs
    {
        get => Read(_settledAs);
        set => _settledAs = Write(value);
    }

    /// <summary>Where its result goes where results are messages.</summary>
    internal ReplyAddress ReplyTo => new(Message.ReplyTo, Message.CorrelationId);

    /// <summary>Size of its result; set when it ended.</summary>
    internal int ResultBytes { get; set; }

    /// <summary>True when <see cref="Unstored"/> has looked at it.</summary>
    internal bool MayBeUnstored
    {
        get => _mayBeUnstored;
        set => _mayBeUnstored = value;
    }

    /// <summary>What it takes in <see cref="Unstored"/>, which alone changes it; 0 when it is not there.</summary>
    internal long UnstoredBytes
    {
        get => _rare?.UnstoredBytes ?? 0;
        set => SetRare(value, value is not 0, static (rare, value) => rare.UnstoredBytes = value);
    }

    /// <summary>Its place in the table of its slot.</summary>
    internal int EndingPlace { get; set; } = int.MaxValue;

    /// <summary>True when it is stored and settled.</summary>
    internal bool HasEnded
    {
        get => _hasEnded;
        set => _hasEnded = value;
    }

    internal bool IgnoresResult => Message.IgnoreResult == true || Policy.IgnoreResult == true;

    /// <summary>True for this attempt of the task. A retry has the same id and is another message.</summary>
    internal bool Is(string taskId, int retries) => Message.Retries == retries && Message.Id == taskId;

    /// <summary>The delivery to settle, to exactly one caller; <c>null</c> when it is settled.</summary>
    internal Delivery? TakeForSettlement()
    {
        var taken = Interlocked.Exchange(ref _unsettled, null);
        if (taken is not null) WasLost = !Consumer.IsCurrent(taken);
        return taken;
    }

    public WireOptions? Wire => FollowUps?.Wire;

    public Task<string> AddToChordAsync(ReadOnlyMemory<byte> signature, CancellationToken cancellationToken) =>
        FollowUps?.AddToChordAsync(this, signature, cancellationToken) ?? throw new InvalidOperationException("Without a sender there is no Wire, so that nobody comes here.");

    public Task<IReadOnlyList<string>> AddToBatchAsync(IReadOnlyList<ReadOnlyMemory<byte>> signatures, CancellationToken cancellationToken) =>
        FollowUps?.AddToBatchAsync(this, signatures, cancellationToken) ?? throw new InvalidOperationException("Without a sender there is no Wire, so that nobody comes here.");

    /// <summary>Counts the members that it adds to its chord, from 0.</summary>
    internal int NextChordMember() => Interlocked.Increment(ref RareOfItsOwn().ChordMembers) - 1;

    public ITaskReporter? OpenReporter(string? state)
    {
        if (state is not null && TaskStates.IsReserved(state)) throw StateReports.Reserved(Message, state);
        if (Reports is not { } reports) return null;
        var reporter = Volatile.Read(ref _reporter);
        if (reporter is null)
        {
            var made = reports.Open(this);
            reporter = Interlocked.CompareExchange(ref _reporter, made, null) ?? made;
        }

        return reporter as StateReporter;
    }

    /// <summary>Lets nobody report any more.</summary>
    /// <returns>The reporter to close; <c>null</c> when nothing was reported.</returns>
    internal StateReporter? TakeReporter() => Reports is null ? null : Interlocked.Exchange(ref _reporter, ClosedReports) as StateReporter;

    /// <summary>Goes on with another delivery of the same message, whose own connection was lost.</summary>
    /// <returns>False when it is settled already.</returns>
    internal bool TryAdopt(Delivery again)
    {
        var own = Volatile.Read(ref _unsettled);
        while (own is not null)
        {
            var seen = Interlocked.CompareExchange(ref _unsettled, again, own);
            if (ReferenceEquals(seen, own))
            {
                Volatile.Write(ref _delivery, again);
                return true;
            }

            own = seen;
        }

        return false;
    }

    private static Settlement? Read(byte value) => value == 0 ? null : (Settlement)(value - 1);

    private static byte Write(Settlement? value) => value is { } known ? (byte)(known + 1) : (byte)0;

    private void SetRare<T>(T value, bool isSet, Action<Rare, T> set)
    {
        if (isSet || Volatile.Read(ref _rare) is not null) set(RareOfItsOwn(), value);
    }

    // Several threads may come at once, such as the run and a time limit.
    private Rare RareOfItsOwn() => Volatile.Read(ref _rare) ?? Interlocked.CompareExchange(ref _rare, new Rare(), null) ?? _rare;

    private sealed class Rare
    {
        internal int ChordMembers;

        internal PendingStart? Pending { get; set; }

        internal Exception? Exception { get; set; }

        internal RunLimit? Limit { get; set; }

        internal LastStart? LastStart { get; set; }

        internal long UnstoredBytes { get; set; }
    }
}
