using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Worker;

/// <summary>A delivery on its way through the pipeline, with what each step found out.</summary>
internal sealed class TaskRequest(IBrokerConsumer consumer, Delivery delivery, QueueDefinition queue)
{
    /// <summary>The consumer it came from and is settled with.</summary>
    internal IBrokerConsumer Consumer { get; } = consumer;

    internal Delivery Delivery { get; } = delivery;

    /// <summary>The queue it was taken from, to which a retry goes back.</summary>
    internal QueueDefinition Queue { get; } = queue;

    internal TaskMessage Message => Delivery.Message;

    /// <summary>Set by the read step.</summary>
    internal TaskBody Body { get; set; }

    /// <summary>Set by the resolve step.</summary>
    internal TaskHandler? Handler { get; set; }

    /// <summary>Attribute and configuration together; set by the resolve step.</summary>
    internal TaskPolicy Policy { get; set; } = TaskPolicy.None;

    /// <summary>Ends the run early; set while it runs.</summary>
    internal TaskCancellation? Cancellation { get; set; }

    /// <summary>Timestamp at which the run began.</summary>
    internal long Start { get; set; }

    /// <summary>How long it ran; set when it ended.</summary>
    internal TimeSpan Elapsed { get; set; }

    /// <summary>True after an early acknowledgement: nothing is left to settle.</summary>
    internal bool IsSettled { get; set; }

    internal bool IgnoresResult => Message.IgnoreResult == true || Policy.IgnoreResult == true;
}
