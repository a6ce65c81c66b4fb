namespace CeleryNet.Tasks;

/// <summary>Where a running task's own events go.</summary>
internal interface ITaskEvents
{
    /// <summary>Takes an event. Never waits for the broker.</summary>
    /// <exception cref="MessageFormatException">A field cannot be written.</exception>
    void Send(string taskId, string type, IReadOnlyDictionary<string, object?>? fields);
}
