namespace CeleryNet;

/// <summary>
/// How many tasks run at once over all C# workers: <c>[Concurrency(1, Key = "{tenant}")]</c>. The others wait and block nothing else. Needs Redis, as broker or for results, or the in-memory
/// broker. Python workers do not look at it.
/// </summary>
/// <remarks>
/// A running task holds a permit that its worker renews; the permit of a worker that was killed comes back after the store's lease (20 seconds). A task that goes on behind its hard time limit
/// has given its permit back.
/// </remarks>
/// <param name="limit">How many, at least 1.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ConcurrencyAttribute(int limit) : Attribute
{
    /// <summary>How many run at once.</summary>
    public int Limit { get; } = limit;

    /// <summary>Text with names of parameters in braces, such as <c>"{tenant}"</c>: the limit counts for each value. Default: one limit for the task.</summary>
    public string? Key { get; set; }

    /// <summary>A name under which several tasks share the limit; each should say the same number. Default: each task has its own.</summary>
    public string? Name { get; set; }
}
