using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CeleryNet;

namespace WebApi;

/// <summary>The three ways to meet slow work over HTTP: enqueue it, do it inside the request, look how far it is.</summary>
internal static class Endpoints
{
    private const long UploadLimitBytes = 20 * 1024 * 1024;

    /// <summary>Slow work leaves the request: 202, and the address where its state is.</summary>
    public static void MapEnqueueing(this WebApplication app)
    {
        app.MapPost("/reports/{year:int}", async (int year, ITaskClient tasks, CancellationToken cancellationToken) =>
            Accepted(await tasks.EnqueueAsync(ReportTasks.BuildTask(year), cancellationToken)));
        app.MapPost("/thumbnails", async (HttpRequest request, Shop shop, ITaskClient tasks, CancellationToken cancellationToken) =>
            await SaveAsync(request, shop, cancellationToken) is { } image ? Accepted(await tasks.EnqueueAsync(ThumbnailTasks.MakeTask(image), cancellationToken)) : NotAnImage());
    }

    /// <summary>The same work inside the request, for comparison.</summary>
    public static void MapInline(this WebApplication app)
    {
        app.MapPost("/inline/reports/{year:int}", (int year, ReportTasks reports, CancellationToken cancellationToken) => reports.Build(year, new Progress<double>(), cancellationToken));
        app.MapPost("/inline/thumbnails", async (HttpRequest request, Shop shop, ThumbnailTasks thumbnails, CancellationToken cancellationToken) =>
            await SaveAsync(request, shop, cancellationToken) is { } image ? Results.Ok(await thumbnails.MakeAsync(image, cancellationToken)) : NotAnImage());
    }

    /// <summary>State and result of a task by its id alone, once or as server-sent events until its end. An id that nobody knows is PENDING.</summary>
    public static void MapStatus(this WebApplication app)
    {
        app.MapGet("/tasks/{id}", async (string id, ITaskClient tasks, CancellationToken cancellationToken) => TaskStatus.Of(await tasks.GetHandle(id).GetSnapshotAsync(cancellationToken)));
        app.MapGet("/tasks/{id}/events", (string id, ITaskClient tasks, CancellationToken cancellationToken) => TypedResults.ServerSentEvents(EventsAsync(tasks.GetHandle(id), cancellationToken)));
        app.MapGet("/thumbnails/{image}", (string image, Shop shop) => File.Exists(shop.ThumbnailOf(image)) ? Results.File(shop.ThumbnailOf(image), "image/jpeg") : Results.NotFound());
    }

    private static async IAsyncEnumerable<SseItem<TaskStatus>> EventsAsync(TaskHandle handle, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var snapshot in handle.WatchAsync(cancellationToken)) yield return new SseItem<TaskStatus>(TaskStatus.Of(snapshot), "state");
    }

    private static IResult Accepted(TaskHandle task) => Results.Accepted($"/tasks/{task.Id}", new { task.Id });

    private static IResult NotAnImage() => Results.Problem($"Send a JPEG or PNG of at most {UploadLimitBytes / 1024 / 1024} MiB as the body.", statusCode: StatusCodes.Status415UnsupportedMediaType);

    private static async Task<string?> SaveAsync(HttpRequest request, Shop shop, CancellationToken cancellationToken) =>
        request.ContentLength is > 0 and <= UploadLimitBytes ? await shop.SaveUploadAsync(request.Body, cancellationToken) : null;
}
