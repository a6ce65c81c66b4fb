namespace CeleryNet.Benchmarks.Harness;

/// <summary>Lets contenders do the same work in turn, so that a disturbance of the machine hits all of them; the first one is the baseline.</summary>
internal sealed class Contest(string scenario, Settings settings)
{
    private static readonly TimeSpan RoundDeadline = TimeSpan.FromMinutes(2);

    // Until the runtime has compiled the hot paths a second time, with what it has learned: two rounds were enough while they took seconds.
    private static readonly TimeSpan WarmTime = TimeSpan.FromSeconds(3);
    private const int MostWarmRounds = 12;

    private readonly List<(IContender Contender, Goal[] Goals)> _contenders = [];

    internal Contest Add(IContender contender, params Goal[] goals)
    {
        _contenders.Add((contender, goals));
        return this;
    }

    /// <summary>Runs the rounds and disposes the contenders.</summary>
    /// <param name="operations">Operations of one round.</param>
    internal async Task<IReadOnlyList<Row>> RunAsync(int operations)
    {
        if (settings.Only is { } only)
        {
            foreach (var (other, _) in _contenders.Where(entry => !IsChosen(entry.Contender, only)).ToList()) await other.DisposeAsync().ConfigureAwait(false);
            _contenders.RemoveAll(entry => !IsChosen(entry.Contender, only));
            if (_contenders.Count == 0) return [];
        }

        var samples = _contenders.Select(_ => new List<Sample>()).ToArray();
        try
        {
            var (warm, spent) = (settings.WarmRounds, new TimeSpan[_contenders.Count]);
            for (var round = 0; round < warm + settings.Rounds; round++)
            {
                for (var turn = 0; turn < _contenders.Count; turn++)
                {
                    // Every other round goes backwards: whatever drifts over time favours nobody.
                    var index = round % 2 == 0 ? turn : _contenders.Count - 1 - turn;
                    var sample = await RunOneAsync(_contenders[index].Contender, Math.Max(1, (int)(operations * settings.Scale))).ConfigureAwait(false);
                    if (round < warm) spent[index] += sample.Elapsed;
                    else samples[index].Add(sample);
                    if (round == warm && AllocationProfile.Current is { } allocations)
                        Console.WriteLine($"Bytes by type, {_contenders[index].Contender.Name}:{Environment.NewLine}{allocations.Of(sample.Operations)}");
                }

                if (round == warm - 1 && warm < MostWarmRounds && spent.Min() < WarmTime) warm++;
            }
        }
        finally
        {
            foreach (var (contender, _) in _contenders) await contender.DisposeAsync().ConfigureAwait(false);
        }

        var baseline = ToRow(0, samples);
        return [.. _contenders.Select((_, index) => ToRow(index, samples)).Select((row, index) => row with { Goals = settings.Only is not null ? [] : [.. _contenders[index].Goals.Select(goal => goal.Judge(row, baseline))] })];
    }

    private async Task<Sample> RunOneAsync(IContender contender, int operations)
    {
        using var deadline = new CancellationTokenSource(RoundDeadline);
        Meter.Settle();
        try
        {
            // The wait has the deadline too: a contender that ignores its token must not hang the run.
            return await contender.RunAsync(operations, deadline.Token).WaitAsync(RoundDeadline + TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or TimeoutException)
        {
            throw new TimeoutException($"{scenario}: a round of '{contender.Name}' with {operations} operations did not end within {RoundDeadline.TotalSeconds:F0} s.", error);
        }
    }

    private static bool IsChosen(IContender contender, string only) => contender.Name.Contains(only, StringComparison.OrdinalIgnoreCase);

    private Row ToRow(int index, List<Sample>[] samples)
    {
        var own = samples[index];
        var isLatency = own[0].Latencies.Count > 0;
        var ratios = own.Zip(samples[0], (mine, theirs) => isLatency ? P50(mine) / P50(theirs) : mine.RatePerSecond / theirs.RatePerSecond).ToArray();
        return new Row
        {
            Scenario = scenario,
            Contender = _contenders[index].Contender.Name,
            Rounds = own.Count,
            Operations = own[0].Operations,
            RatePerSecond = Statistics.Median(own.Select(sample => sample.RatePerSecond)),
            NanosecondsPerOperation = Statistics.Median(own.Select(sample => sample.NanosecondsPerOperation)),
            Ratio = Statistics.Median(ratios),
            LowestRatio = ratios.Min(),
            HighestRatio = ratios.Max(),
            ClientCpuMicroseconds = Statistics.Median(own.Select(sample => sample.ClientCpu.TotalMicroseconds / sample.Operations)),
            ServerCpuMicroseconds = own[0].ServerCpu is null ? null : Statistics.Median(own.Select(sample => sample.ServerCpu!.Value.TotalMicroseconds / sample.Operations)),
            AllocatedBytes = Statistics.Median(own.Select(sample => (double)sample.AllocatedBytes / sample.Operations)),
            Gen2Per100K = own.Sum(sample => sample.Gen2Collections) * 100_000.0 / own.Sum(sample => sample.Operations),
            P50Milliseconds = isLatency ? Statistics.Median(own.Select(P50)) : null,
            P99Milliseconds = isLatency ? Statistics.Median(own.Select(sample => Statistics.Quantile(sample.Latencies, 0.99))) : null,
            P999Milliseconds = isLatency ? Statistics.Median(own.Select(sample => Statistics.Quantile(sample.Latencies, 0.999))) : null,
            MemoryBytes = own[0].MemoryBytes is null ? null : Statistics.Median(own.Select(sample => (double)sample.MemoryBytes!.Value / sample.Operations)),
            IdleCpuPercent = own[0].IdleCpuPercent is null ? null : Statistics.Median(own.Select(sample => sample.IdleCpuPercent!.Value)),
            ElapsedMilliseconds = Statistics.Median(own.Select(sample => sample.Elapsed.TotalMilliseconds)),
        };
    }

    private static double P50(Sample sample) => Statistics.Median(sample.Latencies);
}
