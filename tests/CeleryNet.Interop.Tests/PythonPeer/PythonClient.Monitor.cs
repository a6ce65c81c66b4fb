using System.Text.Json;
using System.Text.Json.Serialization;

namespace CeleryNet.Interop.Tests.PythonPeer;

/// <content>The client as monitor: what Celery's own event receiver and state make of events; see <c>python/monitor.py</c>.</content>
public sealed partial class PythonClient
{
    /// <summary>Starts to receive events. It takes a moment until the first come.</summary>
    public Task ObserveAsync() => DoAsync<JsonElement>("observe", new { });

    /// <summary>What Celery's state knows of a task; <c>null</c> before its first event.</summary>
    public Task<SeenTask?> SeenTaskAsync(string id) => DoAsync<SeenTask?>("seen_task", new { task = id });

    /// <summary>The types of the events about a task, in the order of their arrival.</summary>
    public Task<string[]> SeenTypesAsync(string id) => DoAsync<string[]>("seen_types", new { task = id });

    /// <summary>What Celery's state knows of a worker; <c>null</c> before its first event.</summary>
    public Task<SeenWorker?> SeenWorkerAsync(string node) => DoAsync<SeenWorker?>("seen_worker", new { node });

    /// <summary>What a new state makes of events, by task id.</summary>
    public Task<Dictionary<string, SeenTask>> FeedAsync(IEnumerable<object> events) => DoAsync<Dictionary<string, SeenTask>>("feed", new { events });
}

/// <summary>A task in Celery's <c>State</c>; moments are Unix seconds.</summary>
public sealed record SeenTask(
    string Uuid, string? Name, string State, string? Args, string? Kwargs, string? Result, string? Exception, string? Traceback, double? Runtime, double? Timestamp,
    double? Sent, double? Received, double? Started, double? Succeeded, double? Failed, double? Retried, double? Revoked, double? Rejected,
    int? Retries, string? Eta, string? Expires, [property: JsonPropertyName("root_id")] string? RootId, [property: JsonPropertyName("parent_id")] string? ParentId,
    string? Client, string? Queue, string? Worker);

/// <summary>A worker in Celery's <c>State</c>.</summary>
public sealed record SeenWorker(
    bool Alive, int? Active, long? Processed, double? Freq, double[]? Loadavg, long? Pid, [property: JsonPropertyName("sw_ident")] string? Software, [property: JsonPropertyName("sw_sys")] string? System);
