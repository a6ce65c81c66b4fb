using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Load;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Staging;

/// <content>A fault under steady load.</content>
public sealed partial class Stage
{
    private const int WarmUpTasks = 120;

    private static readonly TimeSpan WarmUpLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SteadyTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(30);

    /// <summary>How long a row waits for what should come; what it is held to is judged afterwards.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Begins to send.</summary>
    public SteadyLoad BeginLoad(LoadShape? shape = null) => _load = new SteadyLoad(Host.Client, shape ?? Scenery.Load);

    /// <summary>Lets the load run through the fault and until all is done, and counts.</summary>
    /// <param name="verdict">Receives what every row demands: no exits, memory and sockets as before.</param>
    /// <param name="fault">The fault; it calls <see cref="DuringAsync"/> around each part of it.</param>
    /// <param name="alien">Key of a task that the fault sends and judges itself.</param>
    public async Task<Tally> PlayAsync(Verdict verdict, Func<Task> fault, string? alien = null)
    {
        _alien = alien;
        BeginLoad();
        await Eventually.IsTrueAsync(() => Book.Done >= WarmUpTasks, WarmUpLimit);
        foreach (var seat in Workers) seat.Before = await seat.Process.MeasureAsync();
        await KeepUpAsync();
        await fault();
        return await FinishAsync(verdict);
    }

    /// <summary>Notes when a fault begins and ends.</summary>
    public async Task DuringAsync(Func<Task> fault)
    {
        var start = DateTimeOffset.UtcNow;
        await fault();
        _faults.Add(new FaultWindow(start, DateTimeOffset.UtcNow));
    }

    /// <summary>Sends until enough was sent and everything from before is done, waits for the rest, and looks at the workers.</summary>
    public async Task<Tally> FinishAsync(Verdict verdict)
    {
        // The load goes on until the effects of the fault are over, so that a worker that is stuck is told from one that has nothing to do.
        var before = Load.Acked;
        await ComesTrueAsync(() => Load.Sent >= Load.Shape.AtLeast && Book.HasEnded(before) && Count().Recovered is not null);
        await Load.StopAsync();
        var acked = Load.Acked;
        await ComesTrueAsync(() => Book.HasEnded(acked));
        await LookAtWorkersAsync(verdict);
        return Count();
    }

    /// <summary>The counters as they are now.</summary>
    public Tally Count() => new([.. Load.Publishes, .. _further], [.. Book.All().Where(run => run.Key != _alien)], _faults);

    /// <summary>Waits for something whose absence is judged later, where more can be said about it.</summary>
    public static Task<bool> ComesTrueAsync(Func<bool> condition, TimeSpan? limit = null) => ComesTrueAsync(() => Task.FromResult(condition()), limit);

    /// <summary>Waits for something whose absence is judged later, where more can be said about it.</summary>
    public static async Task<bool> ComesTrueAsync(Func<Task<bool>> condition, TimeSpan? limit = null)
    {
        try
        {
            await Eventually.IsTrueAsync(condition, limit ?? Patience);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // Workers that lag behind hold messages whose tasks begin before they can know of a fault; that is another number than what was running.
    private async Task KeepUpAsync()
    {
        var since = DateTimeOffset.UtcNow;
        // Each task crosses a slow line four times: sent, confirmed, delivered, acknowledged.
        var most = (Workers.Count * Setup.Slots) + (Load.Shape.PerSecond * Scenery.Delay.TotalSeconds * 4);
        await Eventually.IsTrueAsync(
            () =>
            {
                if (Load.Sent - Book.Done > most) since = DateTimeOffset.UtcNow;
                return DateTimeOffset.UtcNow - since >= SteadyTime;
            },
            WarmUpLimit);
    }

    private async Task LookAtWorkersAsync(Verdict verdict)
    {
        foreach (var process in Workers.SelectMany(seat => seat.Processes).Where(process => process is { HasExited: true, WasKilled: false }))
            verdict.Demand(process.IsExitExpected, "exits", $"worker {process.Id} ended with code {process.ExitCode}; it printed {process.Output}");

        await Task.WhenAll(Workers.Where(seat => seat.Before != default && seat.Processes.Count == 1 && !seat.Process.HasExited).Select(seat => CompareAsync(seat, verdict)));
    }

    // Connections of a lost generation may still be closing: up to a limit, the sockets are looked at again. A connection that nobody needed since is not made anew, so they may be fewer;
    // a worker's connection to RabbitMQ for publishing is made when it first sends something on, such as a task that was delivered again, with the count of its starts.
    private async Task CompareAsync(WorkerSeat seat, Verdict verdict)
    {
        var allowed = seat.Before.Sockets + (Scenery.Broker == BrokerKind.RabbitMQ ? 1 : 0);
        var after = await seat.Process.MeasureAsync();
        if (after.Sockets > allowed && await ComesTrueAsync(() => ProcessUsage.Of(seat.Process.Id).Sockets <= allowed, SettleLimit)) after = await seat.Process.MeasureAsync();
        var growth = after.MemoryBytes - seat.Before.MemoryBytes;
        verdict.Note($"worker grew {growth / 1048576.0:0.0} MB, sockets {seat.Before.Sockets} → {after.Sockets}");
        verdict.Demand(growth <= Bounds.GrowthBytes, "rss", $"worker {seat.Process.Id} grew by {growth / 1048576.0:0.0} MB");
        verdict.Demand(after.Sockets <= allowed, "sockets", $"worker {seat.Process.Id} had {seat.Before.Sockets} sockets, has {after.Sockets}: {string.Join(", ", ProcessUsage.SocketsOf(seat.Process.Id))}; the broker is {Setup.Broker}, results are {Setup.Results}");
    }
}
