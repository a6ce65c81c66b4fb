using System.Diagnostics.CodeAnalysis;

namespace CeleryNet.Worker;

/// <summary>
/// Tasks that are ready, a lane for each queue, handed out by the weights of the queues: while lanes of weight 5 and 1 both hold tasks, five come from the one for one from the other, spread
/// evenly, and none starves. An empty lane saves up nothing. The caller locks.
/// </summary>
internal sealed class WeightedTurns(IReadOnlyDictionary<string, int> weights)
{
    private readonly List<Lane> _lanes = [];

    internal void Add(TaskRequest request)
    {
        var queue = request.Delivery.Queue;
        if (_lanes.Find(lane => lane.Queue == queue) is not { } found) _lanes.Add(found = new Lane(queue, weights.GetValueOrDefault(queue, 1)));
        found.Tasks.Enqueue(request);
    }

    /// <summary>How many there are.</summary>
    internal int Count => _lanes.Sum(static lane => lane.Tasks.Count);

    /// <summary>All that are there, lane by lane.</summary>
    internal List<TaskRequest> Look() => [.. _lanes.SelectMany(static lane => lane.Tasks)];

    // Smooth weighted round robin: all lanes that hold something gain their weight, the one with the most is served and pays for all.
    internal bool TryTake([NotNullWhen(true)] out TaskRequest? request)
    {
        Lane? best = null;
        var total = 0;
        foreach (var lane in _lanes)
        {
            if (lane.Tasks.Count == 0)
            {
                lane.Credit = 0;
                continue;
            }

            lane.Credit += lane.Weight;
            total += lane.Weight;
            if (best is null || lane.Credit > best.Credit) best = lane;
        }

        request = best?.Tasks.Dequeue();
        if (best is not null) best.Credit -= total;
        return request is not null;
    }

    private sealed class Lane(string queue, int weight)
    {
        internal string Queue => queue;

        internal int Weight => weight;

        internal Queue<TaskRequest> Tasks { get; } = new();

        internal int Credit { get; set; }
    }
}
