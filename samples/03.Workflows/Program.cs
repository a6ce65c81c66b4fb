using CeleryNet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WebApi;
using Workflows;
using static CeleryNet.Canvas;

// dotnet run --project samples/03.Workflows -- [--broker redis://…] [--data FOLDER]
var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
var broker = builder.Configuration["broker"] ?? "memory://"; // a chord is counted in the result store: Redis or memory
var folder = builder.Configuration["data"] ?? Path.Combine(AppContext.BaseDirectory, "data");
builder.Services.AddSingleton(new Shop(folder)).AddScoped<SalesTasks>();
builder.Services.AddTaskQueue(queue => queue.UseBroker(broker).UseResults(broker).AddTasks().AddWorker());
using var host = builder.Build();
await host.Services.GetRequiredService<Shop>().OpenAsync();
await host.StartAsync();
var tasks = host.Services.GetRequiredService<ITaskClient>();
var (patience, path) = (TimeSpan.FromMinutes(1), Path.Combine(folder, "december.md"));

// Chain: one after the other, each gets the result of the one before.
var chain = await tasks.EnqueueAsync(SalesTasks.MonthTask(2025, 12) | SalesTasks.PageTask(Prev, "December 2025") | SalesTasks.SaveTask(Prev, path));
Console.WriteLine($"chain: {await chain.GetAsync(patience)}");

// Group: side by side, the results in order.
var months = Enumerable.Range(1, 12).Select(month => SalesTasks.MonthTask(2025, month)).ToList();
var group = await tasks.EnqueueAsync(Group(months));
foreach (var (index, month) in (await group.GetAllAsync(patience)).Index()) Console.WriteLine($"group: month {index + 1,2} {month.Values.Sum(),12:N2}");

// Chord: side by side, then one task with all the results; here with a chain behind it.
var chord = await tasks.EnqueueAsync(Group(months) | SalesTasks.SumTask(Prev) | SalesTasks.PageTask(Prev, "The year 2025"));
Console.WriteLine($"chord: {await chord.GetAsync(patience)}");
await host.StopAsync();
