using CeleryNet.Tasks;

namespace CeleryNet.Worker;

/// <summary>The tasks that are running right now, one place for each execution loop, so that a run costs two writes and no entry in a table. Thread-safe.</summary>
internal sealed class RunningTasks(TimeProvider time)
{
    private readonly Lock _lock = new();
    private Place[] _places = [];

    /// <summary>How many tasks run.</summary>
    internal int Count => Volatile.Read(ref _places).Count(static place => place.Current is not null);

    /// <summary>A place for one more execution loop.</summary>
    internal Place AddPlace()
    {
        var place = new Place();
        lock (_lock) Volatile.Write(ref _places, [.. _places, place]);
        return place;
    }

    /// <summary>How long the longest of them has run so far; zero when none runs.</summary>
    internal TimeSpan Longest()
    {
        var longest = TimeSpan.Zero;
        foreach (var place in Volatile.Read(ref _places))
        {
            if (place.Current is not { } request) continue;
            var elapsed = time.GetElapsedTime(request.Start);
            if (elapsed > longest) longest = elapsed;
        }

        return longest;
    }

    internal void CancelAll(TaskCancelReason reason)
    {
        foreach (var place in Volatile.Read(ref _places)) place.Current?.Cancellation?.Cancel(reason);
    }

    /// <summary>Where one execution loop says what it runs.</summary>
    internal sealed class Place
    {
        private TaskRequest? _current;

        /// <summary>The task that runs; <c>null</c> between two.</summary>
        internal TaskRequest? Current
        {
            get => Volatile.Read(ref _current);
            set => Volatile.Write(ref _current, value);
        }
    }
}
