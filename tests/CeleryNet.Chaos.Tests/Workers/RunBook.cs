namespace CeleryNet.Chaos.Tests.Workers;

/// <summary>Follows the records of a row while they are written: each line is read once.</summary>
public sealed class RunBook(Setup setup)
{
    private readonly Dictionary<string, long> _read = [];
    private readonly List<Run> _runs = [];
    private readonly HashSet<string> _ended = [];
    private readonly Lock _gate = new();

    /// <summary>How many tasks have ended at least once.</summary>
    public int Done
    {
        get
        {
            lock (_gate)
            {
                Read();
                return _ended.Count;
            }
        }
    }

    /// <summary>Everything so far, by time.</summary>
    public IReadOnlyList<Run> All()
    {
        lock (_gate)
        {
            Read();
            return [.. _runs.OrderBy(run => run.Time)];
        }
    }

    /// <summary>True when all of them have ended.</summary>
    public bool HasEnded(IEnumerable<string> keys)
    {
        lock (_gate)
        {
            Read();
            return keys.All(_ended.Contains);
        }
    }

    /// <summary>Runs that began and did not end, of one process.</summary>
    public IReadOnlyList<Run> Unfinished(int processId)
    {
        var runs = All().Where(run => run.ProcessId == processId).ToList();
        var ended = runs.Where(run => run.IsEnd).Select(run => run.Name).ToHashSet();
        return [.. runs.Where(run => !run.IsEnd && !ended.Contains(run.Name))];
    }

    private void Read()
    {
        foreach (var path in Directory.EnumerateFiles(setup.Records))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var start = _read.GetValueOrDefault(path);
            if (file.Length == start) continue;
            file.Position = start;
            using var reader = new StreamReader(file);
            var text = reader.ReadToEnd();
            var end = text.LastIndexOf('\n') + 1; // what follows is still being written
            _read[path] = start + end; // the lines are ASCII
            foreach (var line in text[..end].Split('\n', StringSplitOptions.RemoveEmptyEntries)) Keep(Run.Parse(line, path));
        }
    }

    private void Keep(Run run)
    {
        _runs.Add(run);
        if (run.IsEnd) _ended.Add(run.Key);
    }
}
