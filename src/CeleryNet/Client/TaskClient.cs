using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Signatures;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Client;

/// <summary>Sends tasks through the host's broker.</summary>
internal sealed partial class TaskClient : ITaskClient, IRebindableClient, IDisposable
{
    private readonly MessageFactory _messages;
    private readonly IBroker _broker;
    private readonly IResultBackend _results;
    private readonly ResultSource _source;
    private readonly WireOptions _wire;
    private readonly PublishTelemetry _telemetry;
    private readonly UniqueCalls _uniques;
    private readonly CanvasSender _canvas;
    private readonly SignatureCompiler _compiler;
    private readonly BatchSender _batches;
    private readonly ILogger<TaskClient> _logger;
    private readonly SentEvents? _events; // null without any
    private readonly ClientFilters? _filters; // null without any: the usual case

    public TaskClient(MessageFactory messages, IBroker broker, IResultBackend results, ITaskControl control, UniqueCalls uniques, CanvasSender canvas, WireOptions wire, TimeProvider time, ILogger<TaskClient> logger,
        ClientFilters? filters = null, SentEvents? events = null)
    {
        _messages = messages;
        _broker = broker;
        _results = results;
        _uniques = uniques;
        _canvas = canvas;
        _compiler = new SignatureCompiler(wire, messages.Complete);
        _wire = wire;
        _logger = logger;
        _events = events;
        _filters = filters;
        _source = new ResultSource(results, control, wire, time, logger);
        _telemetry = new PublishTelemetry(broker.Address, time);
        _batches = new BatchSender(canvas, _compiler, _source, filters, ReplyQueueAsync);
    }

    /// <summary>Makes a client on another broker.</summary>
    internal Func<Func<IServiceProvider, IBroker>, ITaskClient>? Rebind { get; init; }

    public ITaskClient Through(Func<IServiceProvider, IBroker> choose)
    {
        ArgumentNullException.ThrowIfNull(choose);
        return Rebind?.Invoke(choose) ?? throw new TaskQueueException(ErrorCodes.NotSupported, "This client sends through its own broker alone. Use the one that AddTaskQueue registers.");
    }

    // Broker and results belong to the host.
    public void Dispose() => _openingReplyQueue.Dispose();
}
