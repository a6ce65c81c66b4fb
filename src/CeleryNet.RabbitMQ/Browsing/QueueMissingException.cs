using System.Diagnostics.CodeAnalysis;

namespace CeleryNet.RabbitMQ.Browsing;

/// <summary>There is no such queue; never leaves <see cref="QueueBrowser"/>.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Only caught, never shown.")]
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "Only caught, never shown.")]
internal sealed class QueueMissingException(Exception cause) : Exception("The queue does not exist.", cause);
