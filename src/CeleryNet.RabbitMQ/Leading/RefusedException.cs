using System.Diagnostics.CodeAnalysis;

namespace CeleryNet.RabbitMQ.Leading;

/// <summary>A message was not taken; never leaves this package.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "The outcome is always required.")]
internal sealed class RefusedException(string reason, bool mayHaveBeenTaken) : Exception(reason)
{
    internal bool MayHaveBeenTaken { get; } = mayHaveBeenTaken;
}
