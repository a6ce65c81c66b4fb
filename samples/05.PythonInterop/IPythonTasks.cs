using CeleryNet;

namespace PythonInterop;

/// <summary>What python/tasks.py implements, as C# sees it.</summary>
[RemoteTasks]
internal interface IPythonTasks
{
    /// <summary>How often each word occurs.</summary>
    [Task("words.count", Queue = "python")]
    Dictionary<string, int> CountWords(string text);
}
