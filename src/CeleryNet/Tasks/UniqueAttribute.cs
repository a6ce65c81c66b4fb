namespace CeleryNet;

/// <summary>
/// At most one task with a key is under way: <c>[Task("reports.daily"), Unique("{customer}:{day}", For = "00:10:00")]</c>. The client reserves the key before it sends, the worker gives it
/// back when the task has ended, and it ends by itself after <see cref="For"/>. Needs Redis, as broker or for results, or the in-memory broker.
/// </summary>
/// <remarks>
/// It keeps duplicates from being sent; it is no promise that work is done once. Python clients do not look at the key, and a Python worker does not give it back, so that it then ends after
/// <see cref="For"/>. A task that is delivered again after a crash runs again, and one that takes longer than <see cref="For"/> may run beside another one.
/// A periodic task whose key is taken when it is due is left out for that moment, or replaces the other one, as <see cref="OnDuplicate"/> says.
/// </remarks>
/// <param name="key">
/// Text with names of parameters in braces, such as <c>"{customer}:{day}"</c>: texts, numbers, dates, ids, enums. Without any, one task for all arguments.
/// </param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UniqueAttribute(string key = "") : Attribute
{
    /// <summary>The key's form.</summary>
    public string Key { get; } = key;

    /// <summary>How long the key is kept at the longest, from the sending or from the task's eta; a retry keeps it anew. Default <c>"01:00:00"</c>.</summary>
    public string? For { get; set; }

    /// <summary>What becomes of the second task. Default: it is not sent, and the caller gets the handle of the first.</summary>
    public DuplicatePolicy OnDuplicate { get; set; }

    /// <summary>When the key becomes free early. Default: when the task has ended.</summary>
    public UniqueUntil Until { get; set; }

    /// <summary>A name under which several tasks share keys. Default: each task has its own.</summary>
    public string? Name { get; set; }
}
