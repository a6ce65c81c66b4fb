using CeleryNet.Serialization;

namespace CeleryNet.Client;

internal sealed partial class TaskClient
{
    public TaskHandle GetHandle(string taskId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(taskId);
        return new TaskHandle(_source, taskId);
    }

    public TaskHandle<T> GetHandle<T>(string taskId, WireConverter<T>? converter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(taskId);
        return new TaskHandle<T>(_source, taskId, null, false, converter ?? TypeConverters.For<T>(_wire));
    }
}
