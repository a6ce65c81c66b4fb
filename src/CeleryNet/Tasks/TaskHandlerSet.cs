namespace CeleryNet.Tasks;

/// <summary>The handlers of one registry, as a service of the host.</summary>
/// <param name="Registry">The generated registry type, so that adding one twice is harmless.</param>
/// <param name="Handlers">Its handlers.</param>
public sealed record TaskHandlerSet(Type Registry, IReadOnlyList<TaskHandler> Handlers);
