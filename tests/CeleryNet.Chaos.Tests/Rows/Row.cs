using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>
/// A row of the table of faults. It plays and is judged; with mutations on, one of its protections is off and it must find exactly that. Every broker and every variant is a class of its own, so
/// that all run side by side.
/// </summary>
public abstract class Row(string number, BrokerKind broker)
{
    /// <summary>The broker it runs on.</summary>
    protected BrokerKind Broker => broker;

    /// <summary>True on RabbitMQ.</summary>
    protected bool IsRabbitMQ => broker == BrokerKind.RabbitMQ;

    /// <summary>What is switched off to see that the row notices.</summary>
    protected abstract Mutation Mutation { get; }

    /// <summary>Plays the row and judges it.</summary>
    protected abstract Task PlayAsync(Verdict verdict);

    /// <summary>Runs the row.</summary>
    protected async Task RunAsync()
    {
        var verdict = new Verdict($"{number} {broker}");
        if (Mutation.AreOn)
        {
            await RunMutatedAsync(verdict);
            return;
        }

        try
        {
            await PlayAsync(verdict);
        }
        catch (Exception error) when (error is not SkipException)
        {
            verdict.Report("broke off");
            throw;
        }

        verdict.Report(verdict.Findings.Count == 0 ? "passed" : "FAILED");
        verdict.Findings.Should().BeEmpty("row {0} holds", verdict.Summary);
    }

    /// <summary>Starts what the row needs.</summary>
    protected Task<Stage> StageAsync(Scenery scenery) => Stage.StartAsync(Mutation.AreOn ? Mutation.Apply(scenery) : scenery);

    private async Task RunMutatedAsync(Verdict verdict)
    {
        try
        {
            await PlayAsync(verdict);
        }
        catch (Exception error) when (error is TimeoutException or InvalidOperationException)
        {
            verdict.Demand(false, "broke off", error.Message);
        }

        var isFound = verdict.Findings.Any(finding => finding.StartsWith(Mutation.Expected, StringComparison.Ordinal));
        verdict.Report($"{(isFound ? "noticed" : "MISSED")} | {Mutation.What} → {Mutation.Expected}");
        isFound.Should().BeTrue("row {0} must notice that {1}, it found {2}", verdict.Summary, Mutation.What, verdict.Findings);
    }
}
