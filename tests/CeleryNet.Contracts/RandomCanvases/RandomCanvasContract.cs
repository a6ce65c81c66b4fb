using System.Collections.Concurrent;
using System.Text;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Contracts.RandomCanvases;

/// <summary>Random canvases do what the model of them says: each ends, with the right value in the right order, and every task in it runs once.</summary>
public abstract class RandomCanvasContract : WorkerSuite
{
    private const int Side = 20; // canvases at a time

    private readonly ConcurrentBag<string> _runs = [];

    /// <summary>How many canvases are made.</summary>
    protected abstract int Canvases { get; }

    [SkippableFact]
    public async Task Canvases_OfManyForms_EndAsTheirModelsDo()
    {
        var seed = Environment.GetEnvironmentVariable("CELERYNET_CANVAS_SEED") is { Length: > 0 } given ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture) : 20261123;
        var host = await StartAsync(worker => worker.Concurrency = 8, Node(), Boom(), Again(), Swap());
        var failures = new ConcurrentQueue<string>();

        foreach (var part in Enumerable.Range(0, Canvases).Chunk(Side)) await Task.WhenAll(part.Select(number => CheckAsync(host, seed, number, failures)));
        await host.StopAsync();

        failures.Should().BeEmpty("seed {0} was used", seed);
    }

    private async Task CheckAsync(WorkerHost host, int seed, int number, ConcurrentQueue<string> failures)
    {
        var canvas = new RandomCanvas(new Random(seed + number), $"c{number}").Make(4);
        var expectedRuns = new List<string>();
        var expected = canvas.Run(null, expectedRuns);
        var json = canvas.ToJson().ToJsonString();

        var found = "";
        try
        {
            var handle = await host.Client.EnqueueAsync(Signature.Parse(Encoding.UTF8.GetBytes(json)));
            var end = await handle.WaitAsync(TimeSpan.FromSeconds(20));
            if (expected.IsSuccess ? end.State != TaskStates.Success || TextOf(end.Read(WireConverters.Any)) != expected.Value : end.State is not (TaskStates.Failure or TaskStates.Revoked))
                found = $"ended {end.State} with {(end.State == TaskStates.Success ? TextOf(end.Read(WireConverters.Any)) : end.Error?.ToString())}, expected {expected.Value ?? "a failure"}";
            await Eventually.IsTrueAsync(() => RunsOfCanvas(number).Count >= expectedRuns.Count);
        }
        catch (Exception error) when (error is TimeoutException or TaskQueueException)
        {
            found += $" {error.Message}";
        }

        var runs = RunsOfCanvas(number);
        var missing = Without(expectedRuns, runs);
        var surplus = Without(runs, expectedRuns);
        if (found.Length > 0 || missing.Count > 0 || surplus.Count > 0)
            failures.Enqueue($"{number}: {found}; not run: {string.Join(" ", missing)}; run and not expected: {string.Join(" ", surplus)}; {Signature.Parse(Encoding.UTF8.GetBytes(json))}\n{json}\n");
    }

    private List<string> RunsOfCanvas(int number) => [.. _runs.Where(run => run.StartsWith($"c{number}.", StringComparison.Ordinal))];

    private static List<string> Without(IEnumerable<string> all, IEnumerable<string> others)
    {
        var left = all.ToList();
        foreach (var other in others) left.Remove(other);
        return left;
    }

    private DelegateHandler Node() => new("node", invocation =>
    {
        invocation.Return(Run(invocation, out _), WireConverters.String);
        return default;
    });

    private DelegateHandler Boom() => new("boom", invocation => throw new InvalidOperationException(Run(invocation, out _)));

    private DelegateHandler Again() => new("again", invocation =>
    {
        if (invocation.Context.Retries == 0) throw invocation.Context.Retry(TimeSpan.Zero);
        invocation.Return(Run(invocation, out _), WireConverters.String);
        return default;
    });

    private DelegateHandler Swap() => new("swap", async invocation =>
    {
        Run(invocation, out var replacement);
        await invocation.Context.ReplaceAsync(Signature.Parse(Encoding.UTF8.GetBytes(replacement)));
    });

    // Notes the run; its text is also what the tasks return.
    private string Run(TaskInvocation invocation, out string replacement)
    {
        var (previous, label) = ("", "");
        replacement = "";
        var arguments = invocation.Arguments(new ParameterList("node", 0, "previous", "label", "replacement"));
        while (arguments.Read())
        {
            if (arguments.Index == 0) previous = TextOf(arguments.Value(WireConverters.Any));
            else if (arguments.Index == 1) label = arguments.Value(WireConverters.String)!;
            else replacement = arguments.Value(WireConverters.String)!;
        }

        var run = $"{label}({previous})";
        _runs.Add(run);
        return run;
    }

    private static string TextOf(object? value) => value is IEnumerable<object?> list ? $"[{string.Join(", ", list.Select(TextOf))}]" : $"{value}";
}
