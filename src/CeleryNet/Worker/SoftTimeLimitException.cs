using System.Diagnostics.CodeAnalysis;

namespace CeleryNet.Worker;

/// <summary>A task ended by its soft time limit. It may be retried as after any exception, as Celery's SoftTimeLimitExceeded may.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "The cancellation is always its cause.")]
internal sealed class SoftTimeLimitException(OperationCanceledException cause) : OperationCanceledException("The task was ended by its soft time limit.", cause);
