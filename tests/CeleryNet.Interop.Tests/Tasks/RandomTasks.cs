using System.Text;
using System.Text.Json;

namespace CeleryNet.Interop.Tests.Tasks;

/// <summary>The tasks of random canvases; the Python worker has the same four. Each returns its label and what it was given.</summary>
public static class RandomTasks
{
    [Task("random.node")]
    public static string Node(JsonElement previous = default, string label = "", string replacement = "") => $"{label}({TextOf(previous)})";

    [Task("random.boom")]
    public static string Boom(JsonElement previous = default, string label = "", string replacement = "") => throw new InvalidOperationException($"{label}({TextOf(previous)})");

    [Task("random.again")]
    public static string Again(TaskContext context, JsonElement previous = default, string label = "", string replacement = "") =>
        context.Retries == 0 ? throw context.Retry(TimeSpan.Zero) : $"{label}({TextOf(previous)})";

    [Task("random.swap")]
    public static async Task<string> SwapAsync(TaskContext context, JsonElement previous = default, string label = "", string replacement = "")
    {
        await context.ReplaceAsync(Signature.Parse(Encoding.UTF8.GetBytes(replacement)));
        return "never"; // it always throws
    }

    /// <summary>A value as the tasks show it.</summary>
    internal static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => $"[{string.Join(", ", value.EnumerateArray().Select(TextOf))}]",
        JsonValueKind.String => value.GetString()!, // a text is never null
        JsonValueKind.Undefined or JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };
}
