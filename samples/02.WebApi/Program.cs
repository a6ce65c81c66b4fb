using CeleryNet;
using WebApi;

// dotnet run --project samples/02.WebApi                                   page at http://localhost:5000, client and worker in this process
// dotnet run --project samples/02.WebApi -- --broker redis://localhost:6379/0             the API alone; results on the same Redis
// dotnet run --project samples/02.WebApi -- --broker redis://localhost:6379/0 --worker    a worker for it, as many as you like, on the same disk
// dotnet run --project samples/02.WebApi -- --load                         measures both ways and ends
// --data FOLDER: where data set and images are; --convert PATH: ImageMagick's command
var isLoad = args.Contains("--load");
var isWorker = args.Contains("--worker");
var builder = WebApplication.CreateBuilder([.. args.Where(arg => arg is not ("--load" or "--worker"))]);
if (isLoad || isWorker) builder.WebHost.UseUrls("http://127.0.0.1:0"); // a worker answers its health checks only
if (isLoad) builder.Logging.SetMinimumLevel(LogLevel.Warning);

var broker = builder.Configuration["broker"];
builder.Services.AddSingleton(new Shop(builder.Configuration["data"] ?? Path.Combine(AppContext.BaseDirectory, "data")));
builder.Services.AddSingleton(new ImageMagick(builder.Configuration["convert"] ?? "/usr/bin/convert"));
builder.Services.AddScoped<ReportTasks>().AddScoped<ThumbnailTasks>();
builder.Services.AddHealthChecks().AddTaskQueue();
builder.Services.AddTaskQueue(queue =>
{
    queue.UseBroker(broker ?? "memory://").UseResults(broker is null ? "memory://" : broker.StartsWith("amqp", StringComparison.Ordinal) ? "rpc://" : broker);
    queue.UseJsonContext(ShopJson.Default).AddTasks();
    if (broker is null || isWorker) queue.AddWorker(worker => worker.Concurrency = Math.Max(1, Environment.ProcessorCount / 2)); // the work needs a core; what is left serves requests
});

var app = builder.Build();
app.MapHealthChecks("/health");
if (!isWorker)
{
    app.MapGet("/", () => Results.File(Path.Combine(AppContext.BaseDirectory, "page.html"), "text/html; charset=utf-8"));
    app.MapEnqueueing();
    app.MapInline();
    app.MapStatus();
}

await app.Services.GetRequiredService<Shop>().OpenAsync();
await app.StartAsync();
if (isLoad) await LoadTest.RunAsync(app.Urls.First(), app.Services.GetRequiredService<ITaskQueues>(), Console.Out);
else await app.WaitForShutdownAsync();
await app.StopAsync();
