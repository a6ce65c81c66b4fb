using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Events;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// Tells monitors what happens to the tasks of this worker, and that the worker is there. Its parts call this at the moments at which Celery's worker sends its events; while nobody wants
/// them, that is one volatile read each. Celery protocol, events. Thread-safe.
/// </summary>
internal sealed class WorkerEventSender : ITaskEvents, IAsyncDisposable
{
    // All names of fields, punctuation and numbers of the longest plain event, task-received; a test writes it. Texts have their quotes in it.
    private const int PlainBytes = 160;

    private static readonly JsonEncodedText TaskId = JsonEncodedText.Encode(EventFields.TaskId);
    private static readonly JsonEncodedText Runtime = JsonEncodedText.Encode("runtime");

    private const int TerminateSignal = 15; // what Celery's clients send by default; a worker with threads gets none

    // Celery's limit is none. One stack trace of 16 Ki characters tells what there is to tell, and thousands of them wait while the broker is away.
    private const int LongestTraceback = 16 * 1024;

    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(0.5);

    private readonly EventDispatcher? _dispatcher;
    private readonly WireOptions _wire;
    private readonly CancellationTokenSource _leaving = new();
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private Task _heartbeats = Task.CompletedTask;

    internal WorkerEventSender(IBroadcaster? broadcaster, WorkerOptions options, LamportClock clock, WireOptions wire, TimeProvider time, ILogger logger)
    {
        (_interval, _wire, _time) = (options.HeartbeatInterval, wire, time);
        Switch = new EventSwitch(options.SendTaskEvents && broadcaster is not null);
        if (broadcaster is not null) _dispatcher = new EventDispatcher(broadcaster, options.NodeName, clock, time, logger);
    }

    /// <summary>Whether events about tasks are sent.</summary>
    internal EventSwitch Switch { get; }

    /// <summary>The worker's sign of life; <c>null</c> before the worker has started, and where the broker carries no events.</summary>
    internal WorkerHeartbeat? Heartbeat { get; private set; }

    /// <summary>Tells that the worker is there.</summary>
    internal void Start(Func<WorkerLoad> load)
    {
        if (_dispatcher is null) return;
        Heartbeat = new WorkerHeartbeat(_dispatcher, load, _interval, _time);
        if (_interval > TimeSpan.Zero) _heartbeats = Heartbeat.RunAsync(_leaving.Token);
    }

    /// <summary>Tells that the worker leaves, and sends what waits. At most 0.5 s, since a stop has little time for what nobody needs.</summary>
    internal async Task StopAsync()
    {
        await _leaving.CancelAsync().ConfigureAwait(false);
        await _heartbeats.ConfigureAwait(false);
        if (_dispatcher is not null) await _dispatcher.CompleteAsync().WaitAsync(FlushLimit, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what is left is lost when it is disposed
    }

    /// <summary>The worker has taken the task, which is neither expired nor revoked.</summary>
    internal void Received(TaskRequest request)
    {
        if (!Switch.IsOn) return;
        var message = request.Message;
        if (message is { Eta: null, Expires: null } && PlainSize(message) is { } size)
        {
            _dispatcher?.SendPlain(EventTypes.TaskReceived, _time.GetTimestamp(), size, message, static (ref json, message) =>
            {
                json.Text(",\"uuid\":"u8, message.Id);
                json.Text(",\"name\":"u8, message.TaskName);
                json.Text(",\"args\":"u8, message.ArgsRepr ?? "");
                json.Text(",\"kwargs\":"u8, message.KwargsRepr ?? "");
                json.Text(",\"root_id\":"u8, message.RootId);
                json.Text(",\"parent_id\":"u8, message.ParentId);
                json.Raw(",\"retries\":"u8);
                json.Number(message.Retries);
                json.Raw(",\"eta\":null,\"expires\":null"u8);
            });
            return;
        }

        _dispatcher?.Send(EventTypes.TaskReceived, message, static (json, message) =>
        {
            json.WriteString(TaskId, message.Id);
            json.WriteString("name"u8, message.TaskName);
            json.WriteString("args"u8, message.ArgsRepr ?? "");
            json.WriteString("kwargs"u8, message.KwargsRepr ?? "");
            json.WriteString("root_id"u8, message.RootId);
            json.WriteString("parent_id"u8, message.ParentId);
            json.WriteNumber("retries"u8, message.Retries);
            json.WriteString("eta"u8, message.Eta is { } eta ? WireTime.Format(eta) : null);
            json.WriteString("expires"u8, message.Expires is { } expires ? WireTime.Format(expires) : null);
        });
    }

    /// <summary>The task begins to run, at its <see cref="TaskRequest.Start"/>.</summary>
    internal void Started(TaskRequest request)
    {
        if (!Switch.IsOn) return;
        var id = request.Message.Id;
        if (PlainJson.IsPlain(id)) _dispatcher?.SendPlain(EventTypes.TaskStarted, request.Start, PlainBytes + (id?.Length ?? 0), id, static (ref json, id) => json.Text(",\"uuid\":"u8, id));
        else _dispatcher?.Send(EventTypes.TaskStarted, id, static (json, id) => json.WriteString(TaskId, id));
    }

    /// <summary>The task has ended as the verdict says: result stored, message settled.</summary>
    internal void Ended(TaskRequest request, Verdict verdict)
    {
        if (_dispatcher is null || request.Message.Id is not { Length: > 0 } id) return;
        var error = verdict.Error;
        switch (verdict.State)
        {
            case TaskStates.Success: Succeeded(id, verdict, request); break;
            case TaskStates.Failure when error is not null: Failed(EventTypes.TaskFailed, id, ErrorRepr.Of(error), request.Handler is null ? null : TracebackOf(verdict)); break;
            case TaskStates.Retry: Failed(EventTypes.TaskRetried, id, error is null ? "None" : ErrorRepr.Of(error), TracebackOf(verdict)); break;
            case TaskStates.Revoked: Revoked(id, ReferenceEquals(error, WorkerErrors.Terminated), ReferenceEquals(error, WorkerErrors.Expired)); break;
            case null when verdict.IsRejected && request.Policy.AckEarly != true: Rejected(id, verdict.Settlement == Settlement.Requeue); break; // Celery says nothing where the message was gone already
        }
    }

    /// <inheritdoc/>
    public void Send(string taskId, string type, IReadOnlyDictionary<string, object?>? fields)
    {
        if (fields?.Keys.FirstOrDefault(EventFields.IsReserved) is { } name)
            throw new ArgumentException($"Event '{type}' has a field '{name}', which every event has by itself. Give it another name.", nameof(fields));
        _dispatcher?.SendAlone(type, (Id: taskId, Fields: fields, Wire: _wire), static (json, state) =>
        {
            json.WriteString(TaskId, state.Id);
            if (state.Fields is null) return;
            foreach (var (name, value) in state.Fields)
            {
                json.WritePropertyName(name);
                WireConverters.Any.Write(json, value, state.Wire);
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync().ConfigureAwait(false);
        await _heartbeats.ConfigureAwait(false);
        if (_dispatcher is not null) await _dispatcher.DisposeAsync().ConfigureAwait(false);
        _leaving.Dispose();
    }

    // The value of a task whose result nobody wants was never written, so that there is nothing to show.
    private void Succeeded(string id, Verdict verdict, TaskRequest request)
    {
        var runtime = request.Elapsed;
        var result = verdict.Value.IsEmpty ? null : PythonRepr.Of(verdict.Value.Span);
        if (PlainJson.IsPlain(id) && PlainJson.IsPlain(result))
        {
            var ended = request.Start + (long)(runtime.TotalSeconds * _time.TimestampFrequency);
            _dispatcher!.SendPlain(EventTypes.TaskSucceeded, ended, PlainBytes + id.Length + (result?.Length ?? 0), (Id: id, Result: result, Runtime: runtime), static (ref json, state) =>
            {
                json.Text(",\"uuid\":"u8, state.Id);
                json.Text(",\"result\":"u8, state.Result);
                json.Raw(",\"runtime\":"u8);
                json.Seconds(state.Runtime);
            });
            return;
        }

        _dispatcher!.Send(EventTypes.TaskSucceeded, (Id: id, Result: result, Runtime: runtime), static (json, state) =>
        {
            json.WriteString(TaskId, state.Id);
            json.WriteString("result"u8, state.Result);
            EventWriter.WriteSeconds(json, Runtime, state.Runtime);
        });
    }

    private void Failed(string type, string id, string exception, string? traceback) =>
        _dispatcher!.Send(type, (Id: id, Exception: exception, Traceback: traceback), static (json, state) =>
        {
            json.WriteString(TaskId, state.Id);
            json.WriteString("exception"u8, state.Exception);
            if (state.Traceback is not null) json.WriteString("traceback"u8, state.Traceback); // Celery has none for a task that nobody knows
        });

    private void Revoked(string id, bool isTerminated, bool isExpired) =>
        _dispatcher!.Send(EventTypes.TaskRevoked, (Id: id, IsTerminated: isTerminated, IsExpired: isExpired), static (json, state) =>
        {
            json.WriteString(TaskId, state.Id);
            json.WriteBoolean("terminated"u8, state.IsTerminated);
            if (state.IsTerminated) json.WriteNumber("signum"u8, TerminateSignal);
            else json.WriteNull("signum"u8);
            json.WriteBoolean("expired"u8, state.IsExpired);
        });

    private void Rejected(string id, bool isRequeued) =>
        _dispatcher!.Send(EventTypes.TaskRejected, (Id: id, IsRequeued: isRequeued), static (json, state) =>
        {
            json.WriteString(TaskId, state.Id);
            json.WriteBoolean("requeue"u8, state.IsRequeued);
        });

    /// <returns>How many bytes the fields take at most; <c>null</c> when one has something to escape.</returns>
    private static int? PlainSize(TaskMessage message)
    {
        var size = PlainBytes;
        foreach (var text in (ReadOnlySpan<string?>)[message.Id, message.TaskName, message.ArgsRepr, message.KwargsRepr, message.RootId, message.ParentId])
        {
            if (!PlainJson.IsPlain(text)) return null;
            size += text?.Length ?? 0;
        }

        return size;
    }

    private static string TracebackOf(Verdict verdict)
    {
        var text = verdict.Traceback ?? (verdict.Error is { } error ? $"{error.Type}: {error.Message}" : "");
        return text.Length <= LongestTraceback ? text : $"{text[..LongestTraceback]}…";
    }
}
