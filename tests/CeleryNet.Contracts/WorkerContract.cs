namespace CeleryNet.Contracts;

/// <summary>
/// What a worker does the same on every broker, from the client's call to the result: failure, time, rates and stopping. A test project inherits it per broker. The parts of this class are
/// grouped by what they look at.
/// </summary>
public abstract partial class WorkerContract : WorkerSuite;
