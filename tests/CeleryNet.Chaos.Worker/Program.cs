using CeleryNet;
using CeleryNet.Chaos.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// A worker as a user would run it, in a process of its own so that it can be killed. It stops when its input ends, so that none outlives the tests.
var builder = Host.CreateApplicationBuilder();
builder.Services.AddTaskQueue(queue => queue
    .UseBroker(ChaosSettings.Read(ChaosSettings.Broker))
    .UseResults(ChaosSettings.Read(ChaosSettings.Results))
    .DefaultQueue(ChaosSettings.Read(ChaosSettings.Queue))
    .AddTasks()
    .AddWorker(worker => worker.Concurrency = int.Parse(ChaosSettings.Read(ChaosSettings.Concurrency), System.Globalization.CultureInfo.InvariantCulture)));
using var host = builder.Build();
await host.StartAsync();
var stopped = host.WaitForShutdownAsync();
await Task.WhenAny(stopped, Task.Run(Console.In.ReadToEnd)); // the console has no reading that does not block
await host.StopAsync();
