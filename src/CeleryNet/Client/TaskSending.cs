namespace CeleryNet;

/// <summary>A call on its way through the client's filters.</summary>
public sealed class TaskSending
{
    internal TaskSending(Signature task, CancellationToken cancellationToken)
    {
        Signature = task;
        Options = task.Options.Copy();
        CancellationToken = cancellationToken;
    }

    /// <summary>Wire name of the task.</summary>
    public string Name => Signature.Name;

    /// <summary>The call as its sender made it; its options are in <see cref="Options"/>.</summary>
    public Signature Signature { get; }

    /// <summary>Options of the call, a copy: what a filter changes counts for this sending. What is unset is decided by configuration, routes and attribute.</summary>
    public CallOptions Options { get; }

    /// <summary>The sender's token.</summary>
    public CancellationToken CancellationToken { get; }
}
