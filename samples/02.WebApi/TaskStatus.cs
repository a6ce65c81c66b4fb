using System.Text.Json;
using CeleryNet;

namespace WebApi;

/// <summary>What the API tells of a task.</summary>
/// <param name="Id">Id of the task.</param>
/// <param name="State">PENDING, PROGRESS, SUCCESS, FAILURE …</param>
/// <param name="Value">Its result, or how far it is from 0 to 1.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record TaskStatus(string Id, string State, JsonElement Value, string? Error)
{
    public static TaskStatus Of(TaskSnapshot snapshot) => new(snapshot.TaskId, snapshot.State, snapshot.Json, snapshot.Error?.Message);
}
