namespace CeleryNet.Worker;

/// <summary>
/// Where one execution loop says what it runs, and what it has run that is not settled yet. One loop writes, anybody may look; so a run costs plain writes and no entry in a table.
/// </summary>
internal sealed class Slot(Action<Slot> abandoned)
{
    private TaskRequest? _current;
    private long _runs;
    private TaskRequest?[] _ending = new TaskRequest?[4];
    private int _next;
    private int _isAbandoned;

    /// <summary>The task that runs; <c>null</c> between two.</summary>
    internal TaskRequest? Current
    {
        get => Volatile.Read(ref _current);
        set
        {
            if (value is not null) _runs++;
            Volatile.Write(ref _current, value);
        }
    }

    /// <summary>How many tasks have begun here.</summary>
    internal long Runs => Volatile.Read(ref _runs);

    /// <summary>True when another loop has taken this one's place; it ends with what it runs.</summary>
    internal bool IsAbandoned => Volatile.Read(ref _isAbandoned) == 1;

    /// <summary>Leaves the slot to the task that runs in it and never seems to end; another slot takes its place.</summary>
    internal void Abandon()
    {
        if (Interlocked.Exchange(ref _isAbandoned, 1) == 0) abandoned(this);
    }

    /// <summary>Notes that the task has run and is on its way to the store. Called by the slot's own loop only.</summary>
    internal void Ending(TaskRequest request)
    {
        var ending = _ending;
        for (var tried = 0; tried < ending.Length; tried++)
        {
            // Tasks mostly end in their order, so the next place is nearly always free.
            _next = _next + 1 < ending.Length ? _next + 1 : 0;
            if (ending[_next] is { HasEnded: false }) continue;
            request.EndingPlace = _next;
            Volatile.Write(ref ending[_next], request);
            return;
        }

        var larger = new TaskRequest?[ending.Length * 2];
        ending.CopyTo(larger, 0);
        request.EndingPlace = _next = ending.Length;
        larger[_next] = request;
        Volatile.Write(ref _ending, larger);
    }

    /// <summary>Forgets a task that has ended, so that its message is not kept. May be called by any thread, once.</summary>
    internal void Ended(TaskRequest request)
    {
        // Cleared before it is marked: until then the loop leaves the place alone. Where the table grows meanwhile, its copy holds a marked one, whose place is free.
        var ending = Volatile.Read(ref _ending);
        if (request.EndingPlace < ending.Length && ReferenceEquals(ending[request.EndingPlace], request)) Volatile.Write(ref ending[request.EndingPlace], null);
        request.HasEnded = true;
    }

    /// <summary>The task with this id that runs here, or has run and is not settled.</summary>
    internal TaskRequest? Find(string taskId, int retries)
    {
        if (Current is { } current && current.Is(taskId, retries)) return current;
        var ending = Volatile.Read(ref _ending);
        for (var i = 0; i < ending.Length; i++)
        {
            if (Volatile.Read(ref ending[i]) is { HasEnded: false } request && request.Is(taskId, retries)) return request;
        }

        return null;
    }
}
