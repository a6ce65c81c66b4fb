using System.Text.Json;
using CeleryNet.Tasks;
using static CeleryNet.Canvas;

namespace CeleryNet.Interop.Tests.Tasks;

/// <summary>Tasks of the .NET worker that are parts of canvases. Each is one of the Python worker too, by the same name after the dot.</summary>
public static class CanvasTasks
{
    [Task("cs.sum")]
    public static long Sum(IReadOnlyList<long> values) => values.Sum();

    [Task("cs.total")]
    public static int Total(IReadOnlyList<int> values) => values.Sum();

    [Task("cs.how_many")]
    public static int HowMany(IReadOnlyList<string> values) => values.Count;

    [Task("cs.same")]
    public static List<int> Same(IReadOnlyList<int> values) => [.. values];

    [Task("cs.same_text")]
    public static string SameText(string value) => value;

    [Task("cs.raise")]
    public static int Raise(JsonElement value = default) => throw new InvalidOperationException("bad");

    /// <summary>Replaces itself by a chain that ends in Python.</summary>
    [Task("cs.replace")]
    public static Task<int> ReplaceAsync(int x, TaskContext context) => context.ReplaceAsync(CSharpTasks.AddTask(x, 1) | IPythonTasks.AddTask(Prev, 100));

    /// <summary>Replaces itself by a group.</summary>
    [Task("cs.replace_by_group")]
    public static Task<IReadOnlyList<int>> ReplaceByGroupAsync(int x, TaskContext context) => context.ReplaceAsync(Group(CSharpTasks.AddTask(x, 1), IPythonTasks.AddTask(x, 2)));

    /// <summary>Adds a call of the Python worker to its chord.</summary>
    [Task("cs.grow")]
    public static async Task<int> GrowAsync(int value, int added, TaskContext context, CancellationToken cancellationToken)
    {
        await context.AddToChordAsync(IPythonTasks.AddTask(added, 0), cancellationToken);
        return value;
    }

    /// <summary>Sends three tasks.</summary>
    [Task("cs.parent")]
    public static async Task<int> SendAsync([FromServices] ITaskClient client, CancellationToken cancellationToken)
    {
        await client.EnqueueAsync(CSharpTasks.AddTask(1, 1), cancellationToken);
        await client.EnqueueManyAsync([CSharpTasks.AddTask(1, 2), CSharpTasks.AddTask(1, 3)], cancellationToken);
        return 0;
    }
}
