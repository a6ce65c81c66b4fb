using System.Text.Json.Serialization;
using CeleryNet.Brokers;
using CeleryNet.Tasks;

namespace CeleryNet;

/// <summary>
/// Options of a task queue. The section <c>TaskQueue</c> of the host's configuration is read first, then <c>Configure</c> and the other methods of the builder change what it
/// left: code wins. Checked once at start; the error lists everything that is wrong.
/// </summary>
public sealed class TaskQueueOptions
{
    /// <summary>URL of the broker, such as <c>amqp://guest:guest@localhost:5672/</c>; several separated by <c>;</c> are tried in turn.</summary>
    /// <value>No default: required, unless the builder's <c>UseBroker</c> or a typed method names a broker.</value>
    public string? Broker { get; set; }

    /// <summary>URL of the result store, such as <c>redis://localhost:6379/0</c>, or <c>disabled://</c>.</summary>
    /// <value>Default: <c>memory://</c> with the in-memory broker, else <c>disabled://</c>.</value>
    public string? Results { get; set; }

    /// <summary>Queue of the tasks that nothing routes elsewhere.</summary>
    /// <value>Default <c>celery</c>, as Celery's. 1 to 255 bytes.</value>
    public string DefaultQueue { get; set; } = Client.ClientSettings.CeleryQueue;

    /// <summary>How long a publish may wait for the broker to take the message, short outages included.</summary>
    /// <value>Default 5 seconds. More than zero, at most one hour.</value>
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one attempt to connect may take.</summary>
    /// <value>Default 4 seconds, as Celery's. More than zero, at most one hour.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>Compression of the bodies this host sends, unless a call says otherwise: <c>zlib</c>, <c>gzip</c> (the same as zlib in Celery), <c>brotli</c> or <c>none</c>.</summary>
    /// <value>Default: none.</value>
    public string? Compression { get; set; }

    /// <summary>
    /// True writes dates, uuids, decimals and bytes in the typed envelopes that only Celery 5.3 and later reads; false writes plain text, read by every version. Both are always read.
    /// </summary>
    /// <value>Default false.</value>
    public bool WriteTypedValues { get; set; }

    /// <summary>
    /// True keeps revocations in the result store where the broker cannot keep them, so that a worker that starts later knows of them too; all hosts must agree. Redis as broker keeps them anyway.
    /// </summary>
    /// <value>Default false. True needs a broker or a result store that keeps revocations, which is checked at start.</value>
    public bool StoreRevocations { get; set; }

    /// <summary>
    /// True sends the event <c>task-sent</c> for every task that this host sends, so that monitors know of it before a worker does: Celery's <c>task_send_sent_event</c>.
    /// </summary>
    /// <value>Default false, as in Celery. True needs a broker that carries events.</value>
    public bool SendTaskSentEvents { get; set; }

    /// <summary>What messages may weigh. The client refuses to send what a worker with these limits would refuse.</summary>
    public TaskQueueLimits Limits { get; } = new();

    /// <summary>Queues with their declarations by name. A queue that is not here is declared as Celery creates it.</summary>
    public IDictionary<string, QueueDefinition> Queues { get; } = new Dictionary<string, QueueDefinition>();

    /// <summary>Policies by wire name; stronger than the task's attribute and than routes, weaker than the call. Configuration: <c>TaskQueue:Tasks:{name}</c>.</summary>
    public IDictionary<string, TaskPolicy> Tasks { get; } = new Dictionary<string, TaskPolicy>();

    /// <summary>Routes; those of code come before those of the configuration. The first that fits decides.</summary>
    public TaskRoutes Routes { get; } = new();

    /// <summary>Metadata of the user's own types; see <c>UseJsonContext</c>.</summary>
    internal List<JsonSerializerContext> JsonContexts { get; } = [];
}
