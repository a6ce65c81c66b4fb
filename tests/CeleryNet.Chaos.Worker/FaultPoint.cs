using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CeleryNet.Chaos.Worker;

/// <summary>A moment between two steps of finishing a task at which the process ends as if killed.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "It ends with the process.")]
public sealed class FaultPoint
{
    /// <summary>The task has run, its result is not stored.</summary>
    public const string AfterRun = "after_run";

    /// <summary>The result is stored, the message is not acknowledged.</summary>
    public const string AfterResult = "after_result";

    /// <summary>The last member of a chord is counted, its body is not sent.</summary>
    public const string AfterCount = "after_count";

    /// <summary>The body of a chord is sent, its counters are still there.</summary>
    public const string AfterBody = "after_body";

    /// <summary>The counters of a chord are gone, the message of its last member is not acknowledged.</summary>
    public const string AfterChord = "after_chord";

    /// <summary>The message is acknowledged, and the broker knows.</summary>
    public const string AfterAcknowledge = "after_ack";

    /// <summary>The beat has sent, and the schedule store does not know.</summary>
    public const string AfterBeat = "after_beat";

    /// <summary>The relay of an outbox has sent, and the outbox does not know.</summary>
    public const string AfterRelay = "after_relay";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentDictionary<string, bool> _settledEarly = new();
    private readonly string _name;
    private readonly int _at;
    private volatile string? _holder;
    private int _passed;

    private FaultPoint(string name, int at) => (_name, _at) = (name, at);

    /// <summary>The fault point of this process; <c>null</c> when none is asked for.</summary>
    internal static FaultPoint? Find()
    {
        if (ChaosSettings.Find(ChaosSettings.FailAt)?.Split(':') is not [var name, var at]) return null;
        return new FaultPoint(name, int.Parse(at, CultureInfo.InvariantCulture));
    }

    internal bool Is(string name) => _name == name;

    /// <summary>
    /// Returns when the message of the task before is settled. A slot waits for that a moment only, and what begins while a task is on its way to the fault point would be hit beside it.
    /// </summary>
    internal async Task EnterAsync(string taskId)
    {
        if (_settledEarly.TryRemove(taskId, out _)) return; // before it ran, so nothing will tell that it has ended
        await _turn.WaitAsync();
        _holder = taskId;
    }

    /// <summary>Lets the next task begin, when this one is settled.</summary>
    internal void Leave(string taskId)
    {
        if (_holder == taskId)
        {
            _holder = null;
            _turn.Release();
        }
        else
        {
            _settledEarly.TryAdd(taskId, true);
        }
    }

    /// <summary>True when the next passing ends the process; nothing passes meanwhile.</summary>
    internal bool IsNext => Volatile.Read(ref _passed) + 1 == _at;

    /// <summary>True once the point was passed.</summary>
    internal bool WasPassed => Volatile.Read(ref _passed) > 0;

    /// <summary>Passes the point. Does not return at the passing that was asked for.</summary>
    internal void Pass()
    {
        if (Interlocked.Increment(ref _passed) == _at) Environment.FailFast($"Fault point {_name}");
    }
}
