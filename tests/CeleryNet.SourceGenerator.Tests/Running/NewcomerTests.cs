using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CeleryNet.SourceGenerator.Tests.Running;

/// <summary>What somebody reads who makes the usual mistakes of the first hour: what failed, on what, why, and what to do.</summary>
public sealed class NewcomerTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public Task NoBroker() => FailsAsync<TaskQueueConfigurationException>(
        queue => queue.AddTasks().AddWorker(),
        "No broker is configured. Call UseBroker(\"amqp://…\"), UseBroker(\"redis://…\") or UseInMemory() in AddTaskQueue, or set TaskQueue:Broker. [CN1001]");

    [Theory]
    [InlineData("localhost:6379", "Connection string 'localhost:6379' cannot be read: it has no scheme such as amqp:// or redis://. Write it as scheme://user:password@host:port/path. [CN1001]")]
    [InlineData("redis://localhost:abc/0", "Connection string 'redis://localhost:abc/0' cannot be read: its port is not a number from 1 to 65535. Write it as scheme://user:password@host:port/path. [CN1001]")]
    [InlineData("sqs://key:secret@queue", "The scheme 'sqs' of the broker 'sqs://key:***@queue' is unknown. Known are *memory* and those of referenced packages. [CN1002]")]
    public Task WrongUrl(string url, string message) => FailsAsync<TaskQueueConfigurationException>(queue => queue.UseBroker(url).AddTasks(), message);

    [Fact]
    public Task WrongOption() => FailsAsync<TaskQueueConfigurationException>(
        queue => queue.UseInMemory().AddTasks().AddWorker(worker => worker.Concurrency = 0),
        "The task queue is not configured correctly. Worker.Concurrency is 0 but must be from 1 to 10 000. [CN1001]");

    [Fact]
    public Task NoResultStore() => FailsAsync<TaskQueueException>(
        queue => queue.UseBroker("memory://").UseResults("disabled://"),
        "The result of task * cannot be read because results are disabled. Call UseResults(\"redis://…\") or set TaskQueue:Results. [CN4002]");

    [Fact]
    public Task NoAddTasks() => FailsAsync<RemoteTaskException>(queue => queue.UseInMemory().AddWorker(), "Task * failed: NotRegistered: newcomer.add [CN4004]");

    [Fact]
    public async Task NoAddTasks_IsWarnedOfAtTheStart()
    {
        var log = new Lines();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddTaskQueue(queue => queue.UseInMemory().AddWorker(worker => worker.NodeName = "new@host"));
        using var host = builder.Build();
        await host.StartAsync().WaitAsync(Soon);
        await host.StopAsync().WaitAsync(Soon);

        log.Said.Should().Contain("Worker new@host has no tasks, so every task fails as not registered. Call AddTasks() in AddTaskQueue in each project that has [Task] methods");
    }

    [Theory]
    [InlineData("nobody.knows", new object[0], "Task * failed: NotRegistered: nobody.knows [CN4004]")]
    [InlineData("newcomer.add", new object[] { "a", 2 }, "Task * failed: TypeError: Add() argument 'x': expected a whole number from -2147483648 to 2147483647, got a text that does not fit [CN4004]")]
    [InlineData("newcomer.add", new object[] { 1 }, "Task * failed: TypeError: Add() missing 1 required argument: 'y' [CN4004]")]
    public Task WrongCall(string name, object[] args, string message) => FailsAsync<RemoteTaskException>(
        queue => queue.UseInMemory().AddTasks().AddWorker(), message, async client => await (await client.EnqueueByNameAsync<int>(name, args)).GetAsync(Soon));

    [Fact]
    public Task WrongResultType() => FailsAsync<MessageFormatException>(
        queue => queue.UseInMemory().AddTasks().AddWorker(),
        "The value of task * in state SUCCESS cannot be read as Int32: expected a whole number from -2147483648 to 2147483647, got a text that does not fit [CN2003]",
        async client => await (await client.EnqueueByNameAsync<int>("newcomer.text")).GetAsync(Soon));

    [Fact]
    public Task NoWorker() => FailsAsync<ResultTimeoutException>(
        queue => queue.UseInMemory().AddTasks(),
        "Task * has no result after 0.01 s; its state is PENDING. It may still run: wait longer, or look at its worker and queue. [CN4001]",
        async client => await (await client.EnqueueAsync(NewcomerTasks.AddTask(1, 2))).GetAsync(TimeSpan.FromMilliseconds(10)));

    private static async Task FailsAsync<TError>(Action<TaskQueueBuilder> configure, string message, Func<ITaskClient, Task>? call = null)
        where TError : Exception
    {
        var run = async () =>
        {
            var builder = Host.CreateApplicationBuilder();
            builder.Logging.ClearProviders();
            builder.Services.AddTaskQueue(configure);
            using var host = builder.Build();
            await host.StartAsync();
            try
            {
                var client = host.Services.GetRequiredService<ITaskClient>();
                if (call is not null) await call(client);
                else await (await client.EnqueueAsync(NewcomerTasks.AddTask(1, 2))).GetAsync(Soon);
            }
            finally
            {
                await host.StopAsync();
            }
        };
        await run.Should().ThrowAsync<TError>().WithMessage(message);
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _said = new();

        internal IReadOnlyCollection<string> Said => _said;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _said.Enqueue(formatter(state, exception));

        public void Dispose() { }
    }
}

/// <summary>Tasks of somebody who begins.</summary>
public static class NewcomerTasks
{
    [Task("newcomer.add")] public static int Add(int x, int y) => x + y;

    [Task("newcomer.text")] public static string Text() => "five";
}
