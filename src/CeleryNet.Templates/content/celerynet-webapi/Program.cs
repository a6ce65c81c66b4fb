using CeleryNet;
using CeleryNetWebApi;

var builder = WebApplication.CreateBuilder(args);
// Broker and results are in appsettings.json, or in the environment: TaskQueue__Broker, TaskQueue__Results.
builder.Services.AddTaskQueue(queue => queue
    .AddTasks()      // every [Task] of this project
    .AddWorker());   // remove it when workers are processes of their own: dotnet new celerynet-worker
builder.Services.AddHealthChecks().AddTaskQueue();
var app = builder.Build();

app.MapHealthChecks("/health");
app.MapPost("/reports/{year:int}", async (int year, ITaskClient tasks, CancellationToken cancellationToken) =>
{
    var report = await tasks.EnqueueAsync(ReportTasks.BuildTask(year), cancellationToken);
    return Results.Accepted($"/tasks/{report.Id}", new { report.Id });
});
app.MapGet("/tasks/{id}", async (string id, ITaskClient tasks, CancellationToken cancellationToken) =>
{
    var task = await tasks.GetHandle(id).GetSnapshotAsync(cancellationToken);
    return new { task.TaskId, task.State, Value = task.Json, Error = task.Error?.Message };
});
app.Run();
