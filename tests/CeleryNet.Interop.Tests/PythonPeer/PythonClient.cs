using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CeleryNet.Contracts;

namespace CeleryNet.Interop.Tests.PythonPeer;

/// <summary>A real Celery client: drives <c>python/client.py</c>, one command at a time.</summary>
public sealed partial class PythonClient : IAsyncDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly PythonProcess _process;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    private PythonClient(PythonProcess process) => _process = process;

    /// <summary>Starts the client.</summary>
    public static async Task<PythonClient> StartAsync(PythonSettings settings)
    {
        var client = new PythonClient(PythonProcess.Start(settings, null, "client.py"));
        await client.ReadAsync();
        return client;
    }

    /// <summary>Sends a task: Celery's <c>send_task</c> with any option of <c>apply_async</c>.</summary>
    /// <returns>The id.</returns>
    public Task<string> SendAsync(string task, object? args = null, object? kwargs = null, object? options = null, int protocol = 2) =>
        DoAsync<string>("send", new { task, args, kwargs, options, protocol });

    /// <summary>Sends one task for each list of arguments.</summary>
    public Task<string[]> SendManyAsync(string task, object calls, object? options = null) => DoAsync<string[]>("send_many", new { task, calls, options });

    /// <summary>Waits for the end of a task.</summary>
    public Task<PythonResult> GetAsync(string id, double timeoutSeconds = 15) => DoAsync<PythonResult>("get", new { task = id, timeout = timeoutSeconds });

    /// <summary>Waits for the end of many tasks.</summary>
    public Task<PythonResult[]> GetManyAsync(string[] ids, double timeoutSeconds = 25) =>
        DoAsync<PythonResult[]>("get_many", new { tasks = ids, timeout = timeoutSeconds });

    /// <summary>Sends a task and waits for its end.</summary>
    public async Task<PythonResult> CallAsync(string task, object? args = null, object? kwargs = null, object? options = null, int protocol = 2) =>
        await GetAsync(await SendAsync(task, args, kwargs, options, protocol));

    /// <summary>The state of a task.</summary>
    public Task<string> StateAsync(string id) => DoAsync<string>("state", new { task = id });

    /// <summary>State and data of a task: <c>AsyncResult.state</c> and <c>.info</c>.</summary>
    public async Task<(string State, JsonElement Info)> InfoAsync(string id)
    {
        var pair = await DoAsync<JsonElement>("info", new { task = id });
        return (pair[0].GetString()!, pair[1]); // a state is a text
    }

    /// <summary>Waits for the end of a task and tells every state with its data.</summary>
    public async Task<IReadOnlyList<(string State, string Data)>> WatchAsync(string id, double timeoutSeconds = 15)
    {
        var seen = await DoAsync<JsonElement[]>("watch", new { task = id, timeout = timeoutSeconds });
        return [.. seen.Select(pair => (pair[0].GetString()!, pair[1].GetRawText()))];
    }

    /// <summary>The stored result document, as Celery reads it.</summary>
    public Task<JsonElement> MetaAsync(string id) => DoAsync<JsonElement>("meta", new { task = id });

    /// <summary>Removes what is stored of a task.</summary>
    public Task ForgetAsync(string id) => DoAsync<JsonElement>("forget", new { task = id });

    /// <summary>Revokes a task by remote control.</summary>
    public Task RevokeAsync(string id, bool terminate = false) => DoAsync<JsonElement>("revoke", new { task = id, terminate });

    /// <summary>Changes the time limits of a task by remote control.</summary>
    public Task SetTimeLimitAsync(string task, double? soft = null, double? hard = null) => DoAsync<JsonElement>("time_limit", new { task_name = task, soft, hard });

    /// <summary>Sends any remote control command and waits for the replies, as <c>app.control.broadcast</c> does.</summary>
    public Task<PythonReplies> ControlAsync(string method, object? arguments = null, string[]? destination = null, double timeoutSeconds = 1, int? limit = null) =>
        DoAsync<PythonReplies>("control", new { method, arguments, destination, timeout = timeoutSeconds, limit });

    /// <summary>Asks all that Flower asks, all at once.</summary>
    public Task<Dictionary<string, PythonReplies>> AskAsFlowerAsync() => DoAsync<Dictionary<string, PythonReplies>>("flower", new { });

    /// <summary>Changes a rate limit by remote control.</summary>
    public Task SetRateLimitAsync(string task, object? rate) => DoAsync<JsonElement>("rate_limit", new { task_name = task, rate });

    /// <summary>How Celery reads rates, in starts per second; <c>null</c> where it refuses one.</summary>
    public Task<double?[]> RatesAsync(params string[] texts) => DoAsync<double?[]>("rates", new { texts });

    /// <summary>Tells workers to consume a queue.</summary>
    public Task AddConsumerAsync(string queue, params string[] destination) => DoAsync<JsonElement>("add_consumer", new { queue, destination });

    /// <summary>Tells workers to leave a queue.</summary>
    public Task CancelConsumerAsync(string queue, params string[] destination) => DoAsync<JsonElement>("cancel_consumer", new { queue, destination });

    /// <summary>The queues that each answering worker consumes, by the name of the node. C# workers do not answer.</summary>
    public Task<Dictionary<string, string[]>> ConsumedAsync() => DoAsync<Dictionary<string, string[]>>("consumed", new { });

    /// <summary>Publishes any message, malformed ones included.</summary>
    /// <param name="message">Named as the parameters of <c>publish</c> in <c>client.py</c>.</param>
    public Task PublishAsync(object message) => DoAsync<JsonElement>("publish", message);

    /// <summary>Pushes a list element as it stands; Redis only.</summary>
    public Task PushAsync(string queue, string text) => DoAsync<JsonElement>("push", new { queue, text });

    /// <summary>How many messages wait in a queue.</summary>
    public Task<int> LengthAsync(string queue) => DoAsync<int>("length", new { queue });

    /// <summary>How many messages are taken and not acknowledged; Redis only.</summary>
    public Task<int> UnackedAsync() => DoAsync<int>("unacked", new { });

    /// <summary>Removes queues with their exchanges.</summary>
    public Task DeleteAsync(params string[] queues) => DoAsync<JsonElement>("delete", new { queues });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _oneAtATime.Dispose();
    }

    private async Task<T> DoAsync<T>(string command, object arguments)
    {
        var line = JsonSerializer.SerializeToNode(arguments, Json)!.AsObject(); // an anonymous object is an object
        foreach (var absent in line.Where(pair => pair.Value is null).Select(pair => pair.Key).ToList()) line.Remove(absent);
        line["do"] = command;

        await _oneAtATime.WaitAsync();
        try
        {
            await _process.Input.WriteLineAsync(line.ToJsonString(Json));
            await _process.Input.FlushAsync();
            var answer = await ReadAsync();
            if (answer["error"] is { } error) throw new InvalidOperationException($"Python could not {command}: {error["type"]}: {error["message"]}{Environment.NewLine}{error["trace"]}");
            return answer["ok"].Deserialize<T>(Json)!; // an answer has a value, or the test fails where it uses it
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task<JsonObject> ReadAsync()
    {
        var line = await _process.Answers.ReadLineAsync().Within(AnswerTimeout);
        return line is null
            ? throw new InvalidOperationException($"The Python client ended. It printed:{Environment.NewLine}{_process.Output}")
            : JsonNode.Parse(line)!.AsObject(); // it writes nothing but objects
    }
}
