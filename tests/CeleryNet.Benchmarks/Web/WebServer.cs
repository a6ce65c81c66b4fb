using CeleryNet.Benchmarks.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Benchmarks.Web;

/// <summary>A web application with two endpoints: one that enqueues a task and answers with its id, and one that only answers.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    internal const string Enqueue = "/enqueue";
    internal const string Plain = "/plain";

    private readonly WebApplication _application;

    private WebServer(WebApplication application) => _application = application;

    internal Uri Address => new(_application.Urls.First());

    /// <param name="broker">Broker.</param>
    /// <param name="publishTimeout">How long a request may wait for the broker.</param>
    internal static async Task<WebServer> StartAsync(string broker, TimeSpan publishTimeout)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddTaskQueue(queue => queue.UseBroker(broker).UseResults(TaskHost.NoResults).AddTasks().Configure(options => options.PublishTimeout = publishTimeout));
        var application = builder.Build();
        application.MapGet(Plain, static context => context.Response.WriteAsync("answered", context.RequestAborted));
        application.MapGet(Enqueue, EnqueueAsync);
        await application.StartAsync().ConfigureAwait(false);
        return new WebServer(application);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task EnqueueAsync(HttpContext context)
    {
        try
        {
            var client = context.RequestServices.GetRequiredService<ITaskClient>();
            var handle = await client.EnqueueAsync(BenchTasks.AddTask(1, 2), context.RequestAborted).ConfigureAwait(false);
            await context.Response.WriteAsync(handle.Id, context.RequestAborted).ConfigureAwait(false);
        }
        catch (TaskQueueException)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }
}
