using CeleryNet;
using CeleryNetWorker;

var builder = Host.CreateApplicationBuilder(args);
// Broker and results are in appsettings.json, or in the environment: TaskQueue__Broker, TaskQueue__Results.
builder.Services.AddTaskQueue(queue => queue
    .AddTasks()      // every [Task] of this project
    .AddWorker());
builder.Build().Run();
