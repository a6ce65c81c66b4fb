namespace CeleryNet.Results;

/// <summary>Optional power of a result store: says who can ask it. A store without it can be asked by every process.</summary>
public interface IResultAudience
{
    /// <summary>False when only the process that sent a task can ask for its state, so that a worker cannot.</summary>
    bool IsSharedByAll { get; }
}
