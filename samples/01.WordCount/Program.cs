using System.Diagnostics;
using CeleryNet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WordCount;

// dotnet run --project samples/01.WordCount -- [FOLDER] [--broker URL [--worker]]
//   no broker: client and worker in this process, on the embedded broker
//   --broker amqp://…, redis://…, postgresql://… or sqlite:///words.db, which needs no server: only the client; start workers in other terminals with --worker
var broker = Option("--broker");
var isWorker = args.Contains("--worker");
var folder = args.Where((arg, i) => !arg.StartsWith("--") && (i == 0 || args[i - 1] != "--broker")).FirstOrDefault(".");

var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(isWorker ? LogLevel.Information : LogLevel.Warning);
builder.Services.AddTaskQueue(queue =>
{
    queue.UseBroker(broker ?? "memory://").AddTasks();
    queue.UseResults(broker is null ? "memory://" : broker.StartsWith("amqp") ? "rpc://" : broker);
    if (broker is null || isWorker) queue.AddWorker();
});
using var host = builder.Build();
if (isWorker)
{
    await host.RunAsync();
    return;
}

await host.StartAsync();
var client = host.Services.GetRequiredService<ITaskClient>();
var watch = Stopwatch.StartNew();
var files = TextFiles.Of(Path.GetFullPath(folder)).ToList();
if (broker is not null) Console.WriteLine($"Sending {files.Count} tasks. Workers: dotnet run --project samples/01.WordCount -- --broker URL --worker");
var handles = await client.EnqueueManyAsync(files.Select(file => WordTasks.CountTask(file)));

var words = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
var done = 0;
foreach (var handle in handles)
{
    foreach (var (word, count) in await handle.GetAsync(TimeSpan.FromMinutes(5)))
        words[word] = words.GetValueOrDefault(word) + count;
    if (++done % 25 == 0 || done == files.Count) Console.WriteLine($"{done,6} of {files.Count} files counted");
}

Console.WriteLine($"{words.Values.Sum(count => (long)count):N0} words, {words.Count:N0} different, in {watch.Elapsed.TotalSeconds:F2} s. The top ten:");
foreach (var (word, count) in words.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Take(10))
    Console.WriteLine($"{count,8:N0} {word.ToLowerInvariant()}");
await host.StopAsync();

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
