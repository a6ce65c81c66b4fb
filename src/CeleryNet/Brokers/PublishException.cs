using System.Diagnostics.CodeAnalysis;
using CeleryNet.Diagnostics;

namespace CeleryNet;

/// <summary>A message was not taken by the broker, or nobody can say whether it was.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Ids and outcome are always required.")]
public sealed class PublishException : TaskQueueException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What failed, on what, why, what to do next.</param>
    /// <param name="taskIds">Ids of the tasks that were not confirmed.</param>
    /// <param name="mayHaveBeenTaken">True when a message was written but the broker's answer never came.</param>
    /// <param name="innerException">The cause.</param>
    public PublishException(string message, IReadOnlyList<string> taskIds, bool mayHaveBeenTaken, Exception? innerException = null)
        : base(ErrorCodes.PublishFailed, message, innerException)
    {
        TaskIds = taskIds;
        MayHaveBeenTaken = mayHaveBeenTaken;
    }

    /// <summary>Ids of the tasks the broker did not confirm.</summary>
    public IReadOnlyList<string> TaskIds { get; }

    /// <summary>
    /// True: the broker may have the message, since it was written but its answer never came; sending it again with the same task id is recognisable.
    /// False: it was certainly not taken.
    /// </summary>
    public bool MayHaveBeenTaken { get; }
}
