using CeleryNet;
using CeleryNet.Events;
using Monitoring;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

// dotnet run --project samples/06.Monitoring -- [--broker redis://localhost:6379/0]
//   curl -X POST localhost:5000/orders/7     one trace: request, task, sub-task
//   curl localhost:5000/health               broker, results, worker
var builder = WebApplication.CreateBuilder(args);
var broker = builder.Configuration["broker"] ?? "memory://";
builder.Services.AddTaskQueue(queue => queue
    .UseBroker(broker).UseResults(broker.StartsWith("amqp", StringComparison.Ordinal) ? "rpc://" : broker)
    .AddTasks()
    .AddWorker(worker => worker.SendTaskEvents = true)); // Celery's -E

// Traces and metrics are the framework's own, named CeleryNet. Here they go to the console; OpenTelemetry's OTLP exporter takes them to Jaeger, Grafana, …
builder.Services.AddOpenTelemetry()
    .WithTracing(traces => traces.AddSource("CeleryNet").AddAspNetCoreInstrumentation().AddConsoleExporter())
    .WithMetrics(metrics => metrics.AddMeter("CeleryNet").AddConsoleExporter((_, reader) => reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 2_000));
builder.Services.AddHealthChecks().AddTaskQueue();
builder.Services.AddHostedService<EventPrinter>();

var app = builder.Build();
app.MapHealthChecks("/health");
app.MapPost("/orders/{id:int}", async (int id, ITaskClient tasks) => Results.Accepted(value: new { (await tasks.EnqueueAsync(OrderTasks.AcceptTask(id))).Id }));
app.Run();
