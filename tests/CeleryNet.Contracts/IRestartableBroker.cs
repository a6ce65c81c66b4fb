namespace CeleryNet.Contracts;

/// <summary>A broker of one test's own.</summary>
public interface IRestartableBroker : IAsyncDisposable
{
    /// <summary>Uses it.</summary>
    void Use(TaskQueueBuilder queue);

    /// <summary>Kills it and starts it again at the same address; ends when it answers.</summary>
    Task RestartAsync();
}
