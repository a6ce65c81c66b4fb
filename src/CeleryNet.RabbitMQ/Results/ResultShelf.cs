using CeleryNet.Results;

namespace CeleryNet.RabbitMQ.Results;

/// <summary>The results that arrived, and who wants to be told. Bounded by count and age. Thread-safe.</summary>
internal sealed class ResultShelf(int capacity, TimeSpan expires, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Kept>> _results = [];
    private readonly LinkedList<Kept> _byAge = new(); // oldest first, for both bounds
    private readonly Dictionary<string, List<Action<TaskResult>>> _observers = [];

    /// <summary>Keeps a state and tells its observers. Whatever follows the final state is a repetition and ignored.</summary>
    /// <returns>False when an old result had to make room.</returns>
    internal bool Put(TaskResult result)
    {
        Action<TaskResult>[] observers = [];
        var fits = true;
        lock (_gate)
        {
            var now = time.GetTimestamp();
            while (_byAge.First is { } oldest && time.GetElapsedTime(oldest.Value.Since, now) >= expires) Remove(oldest);
            if (_results.TryGetValue(result.TaskId, out var known))
            {
                if (known.Value.Result.IsReady) return true;
                Remove(known);
            }

            if (_results.Count >= capacity && _byAge.First is { } first)
            {
                Remove(first);
                fits = false;
            }

            _results[result.TaskId] = _byAge.AddLast(new Kept(result, now));
            if (_observers.TryGetValue(result.TaskId, out var list)) observers = [.. list];
        }

        foreach (var observer in observers) observer(result);
        return fits;
    }

    internal TaskResult? Get(string taskId)
    {
        lock (_gate)
        {
            if (!_results.TryGetValue(taskId, out var kept)) return null;
            if (time.GetElapsedTime(kept.Value.Since) < expires) return kept.Value.Result;
            Remove(kept);
            return null;
        }
    }

    internal void Forget(string taskId)
    {
        lock (_gate)
        {
            if (_results.TryGetValue(taskId, out var kept)) Remove(kept);
        }
    }

    internal void AddObserver(string taskId, Action<TaskResult> observer)
    {
        lock (_gate)
        {
            if (!_observers.TryGetValue(taskId, out var list)) _observers[taskId] = list = [];
            list.Add(observer);
        }
    }

    internal void RemoveObserver(string taskId, Action<TaskResult> observer)
    {
        lock (_gate)
        {
            if (_observers.TryGetValue(taskId, out var list) && list.Remove(observer) && list.Count == 0) _observers.Remove(taskId);
        }
    }

    private void Remove(LinkedListNode<Kept> kept)
    {
        _results.Remove(kept.Value.Result.TaskId);
        _byAge.Remove(kept);
    }

    private readonly record struct Kept(TaskResult Result, long Since);
}
