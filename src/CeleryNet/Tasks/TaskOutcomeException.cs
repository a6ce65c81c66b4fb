using System.Diagnostics.CodeAnalysis;

namespace CeleryNet;

/// <summary>Ends a run with an outcome from anywhere inside it: <c>throw context.Retry(…)</c>. It is no failure; nothing but the worker should catch it.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "An outcome is always required.")]
public sealed class TaskOutcomeException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="outcome">How the run ends.</param>
    public TaskOutcomeException(TaskOutcome outcome) : base($"The task ends with the outcome {outcome?.Kind}.", outcome?.Error)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        Outcome = outcome;
    }

    /// <summary>How the run ends.</summary>
    public TaskOutcome Outcome { get; }
}
