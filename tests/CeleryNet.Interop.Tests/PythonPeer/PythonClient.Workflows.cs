using System.Text.Json;
using System.Text.Json.Serialization;

namespace CeleryNet.Interop.Tests.PythonPeer;

/// <content>The client sends canvases, written as Python expressions; see <c>python/canvas.py</c>.</content>
public sealed partial class PythonClient
{
    /// <summary>Sends a canvas.</summary>
    /// <param name="code">The expression.</param>
    /// <param name="placement">Whose tasks: <c>py</c>, <c>cs</c>, or one after the other.</param>
    /// <returns>The ids of its result and of what runs before it, last first.</returns>
    public Task<string[]> CanvasAsync(string code, string placement) => DoAsync<string[]>("canvas", new { code, placement });

    /// <summary>Waits for the result of a canvas.</summary>
    public Task<CanvasResult> CanvasResultAsync(string id, double timeoutSeconds = 20) => DoAsync<CanvasResult>("canvas_result", new { result = id, timeout = timeoutSeconds });

    /// <summary>Keeps a group that was sent by <see cref="CanvasAsync"/>: Celery's <c>GroupResult.save</c>.</summary>
    public Task SaveCanvasAsync(string id) => DoAsync<JsonElement>("save_canvas", new { result = id });

    /// <summary>What was sent by a task, as Celery reads it from its result.</summary>
    public Task<JsonElement> TreeAsync(string id) => DoAsync<JsonElement>("tree", new { task = id });

    /// <summary>The keys of the result store that fit the pattern.</summary>
    public Task<string[]> KeysAsync(string pattern) => DoAsync<string[]>("keys", new { pattern });
}

/// <summary>The value of a canvas, or its error as text.</summary>
public sealed record CanvasResult(JsonElement Value, string? Error)
{
    /// <summary>The value as JSON without blanks, or the error.</summary>
    [JsonIgnore]
    public string Text => Error ?? JsonSerializer.Serialize(Value);
}
