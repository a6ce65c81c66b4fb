namespace CeleryNet.Worker;

/// <summary>A filter as it was registered. The order of these services is that of the filters.</summary>
/// <param name="Filter">Its type, so that adding one twice is harmless.</param>
/// <param name="Resolve">Asks the attempt's scope for it.</param>
internal sealed record TaskFilterRegistration(Type Filter, Func<IServiceProvider, ITaskFilter> Resolve);
