namespace CeleryNet;

/// <summary>
/// How often tasks start over all C# workers: <c>[RateLimit("100/m", Key = "{tenant}")]</c>, evenly spaced. The others wait and block nothing else. Needs Redis, as broker or for results, or
/// the in-memory broker. Python workers do not look at it. A limit of each worker alone is <see cref="TaskAttribute.RateLimit"/>.
/// </summary>
/// <param name="rate">Starts per second, minute or hour: <c>"10/s"</c>, <c>"100/m"</c>, <c>"5/h"</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class RateLimitAttribute(string rate) : Attribute
{
    /// <summary>The rate.</summary>
    public string Rate { get; } = rate;

    /// <summary>Text with names of parameters in braces, such as <c>"{tenant}"</c>: the limit counts for each value. Default: one limit for the task.</summary>
    public string? Key { get; set; }

    /// <summary>A name under which several tasks share the limit; each should say the same rate. Default: each task has its own.</summary>
    public string? Name { get; set; }
}
