using CeleryNet;
using Reminders;

// dotnet run --project samples/04.Reminders -- --smtp localhost:25 [--broker redis://localhost:6379/0]
//   create:  curl -i -X POST localhost:5000/reminders -H 'Content-Type: application/json' -d '{"to":"ann@example.org","text":"call Bob","at":"2030-01-31T09:00:00Z"}'
//   cancel:  curl -X DELETE localhost:5000/reminders/ID
// Without a broker of their own reminders live as long as this process.
var builder = WebApplication.CreateBuilder(args);
var broker = builder.Configuration["broker"] ?? "memory://";
builder.Services.AddSingleton(new Mailer(builder.Configuration["smtp"] ?? "localhost:25")).AddScoped<ReminderTasks>();
builder.Services.AddTaskQueue(queue => queue
    .UseBroker(broker).UseResults(broker)
    .AddTasks() // with the weekly digest: it is [Periodic]
    .AddWorker()
    .AddBeat(beat => beat.StateFile = broker == "memory://" ? Path.Combine(Path.GetTempPath(), $"celerynet-reminders-{Environment.ProcessId}.json") : null));
var app = builder.Build();

// The moment is the task's eta: nothing runs and nothing is held open until then.
app.MapPost("/reminders", async (Reminder reminder, ITaskClient tasks) =>
{
    var task = await tasks.EnqueueAsync(ReminderTasks.SendTask(reminder.To, reminder.Text).With(options => options.Eta = reminder.At));
    return Results.Created($"/reminders/{task.Id}", new { task.Id });
});
app.MapGet("/reminders/{id}", async (string id, ITaskClient tasks) => new { State = await tasks.GetHandle(id).GetStateAsync() });
app.MapDelete("/reminders/{id}", async (string id, ITaskClient tasks) =>
{
    await tasks.GetHandle(id).RevokeAsync(); // no worker runs it when it is due
    return Results.NoContent();
});
app.Run();
