using CeleryNet;
using CeleryNet.Chaos.Worker;
using CeleryNet.Chaos.Worker.Decorators;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// A worker as a user would run it, in a process of its own so that it can be killed. It stops when its input ends, so that none outlives the tests.
RunRecord.Begin();
var hosts = Enumerable.Range(0, ChaosSettings.Number(ChaosSettings.Hosts, otherwise: 1)).Select(_ => Build()).ToList();
foreach (var host in hosts) await host.StartAsync();
if (ChaosSettings.Find(ChaosSettings.Outbox) is not null) Console.WriteLine($"The relay {ChaosSettings.ReadyLine}");
if (ChaosSettings.Find(ChaosSettings.Beat) is not null) Console.WriteLine($"The beat {ChaosSettings.ReadyLine}");
var stopped = Task.WhenAll(hosts.Select(host => host.WaitForShutdownAsync()));
await Task.WhenAny(stopped, Task.Run(Obey)); // the console has no reading that does not block
foreach (var host in hosts) host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
await stopped;
foreach (var host in hosts) host.Dispose();

IHost Build()
{
    var builder = Host.CreateApplicationBuilder();
    builder.Services.AddTaskQueue(queue =>
    {
        queue
            .UseBroker(ChaosSettings.Read(ChaosSettings.Broker))
            .UseResults(ChaosSettings.Read(ChaosSettings.Results))
            .DefaultQueue(ChaosSettings.Read(ChaosSettings.Queue))
            .AddTasks();
        if (ChaosSettings.Find(ChaosSettings.Beat) is not null) queue.AddBeat(AddTick);
        else if (ChaosSettings.Find(ChaosSettings.Outbox) is { } outbox) queue.UseOutbox(outbox, options => options.LeaseDuration = TimeSpan.FromSeconds(3));
        else AddWorker(queue);
    });
    Decorations.AddTo(builder.Services);
    return builder.Build();
}

static void AddWorker(TaskQueueBuilder queue)
{
    queue.AddWorker(worker => worker.Concurrency = int.Parse(ChaosSettings.Read(ChaosSettings.Concurrency), System.Globalization.CultureInfo.InvariantCulture));
    if (ChaosSettings.Find(ChaosSettings.FailAt) is not null) queue.AddFilter<FaultPointFilter>();
}

static void AddTick(BeatOptions beat)
{
    var entry = new BeatEntry("tick", Schedule.Every(TimeSpan.FromSeconds(1), DateTimeOffset.UnixEpoch), ChaosTasks.TickTask());
    beat.Add(ChaosSettings.Find(ChaosSettings.Misfire) is { } misfire ? entry with { Misfire = Enum.Parse<MisfirePolicy>(misfire) } : entry);
}

static void Obey()
{
    while (Console.In.ReadLine() is { } line)
    {
        if (line != ChaosSettings.CollectCommand) continue;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers(); // sockets that nobody refers to any more are closed here, such as those of failed attempts of the Redis client
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Console.WriteLine(ChaosSettings.CollectedLine);
    }
}
