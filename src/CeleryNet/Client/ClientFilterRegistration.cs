namespace CeleryNet.Client;

/// <summary>A filter of the client as it was registered. The order of these services is that of the filters.</summary>
/// <param name="Filter">Its type, so that adding one twice is harmless.</param>
/// <param name="Resolve">Asks the host's services for it; when the first task is sent, since a filter may use the client itself.</param>
internal sealed record ClientFilterRegistration(Type Filter, Func<IServiceProvider, ITaskClientFilter> Resolve);
