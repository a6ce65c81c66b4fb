using CeleryNet;
using PythonInterop;

// samples/05.PythonInterop/run.sh [redis://localhost:6379/0]   starts this, a Flask application and a Python worker
var builder = WebApplication.CreateBuilder(args);
var redis = builder.Configuration["redis"] ?? "redis://localhost:6379/0";
builder.Services.AddTaskQueue(queue => queue
    .UseBroker(redis).UseResults(redis)
    .AddTasks()
    .AddWorker(worker => worker.Queues("csharp"))); // each side has a queue for the tasks that it implements
var app = builder.Build();

// A C# API, a Python worker: the call is typed, the result too.
app.MapPost("/words", async (Text text, ITaskClient tasks, CancellationToken cancellationToken) =>
{
    var counted = await tasks.EnqueueAsync(IPythonTasks.CountWordsTask(text.Body), cancellationToken);
    return await counted.GetAsync(TimeSpan.FromSeconds(20), cancellationToken);
});
app.Run();
