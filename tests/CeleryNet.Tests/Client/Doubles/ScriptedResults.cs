using System.Collections.Concurrent;
using CeleryNet.Results;

namespace CeleryNet.Tests.Client.Doubles;

/// <summary>A result store whose pushes, losses and outages the test decides.</summary>
internal sealed class ScriptedResults : IResultBackend
{
    private readonly ConcurrentDictionary<string, TaskResult> _stored = new();
    private readonly ConcurrentDictionary<Guid, (string TaskId, Action<TaskResult> Observer)> _observers = new();
    private readonly SemaphoreSlim _looked = new(0);

    public string Address => "redis://user:***@results:6379/0";

    public bool IsEnabled => true;

    public int Subscriptions => _observers.Count;

    public int Looks { get; private set; }

    public int ReplyQueueCalls { get; private set; }

    public Func<string?> ReplyQueue { get; set; } = () => null;

    public Exception? Outage { get; set; }

    /// <summary>Called inside of every look at the store.</summary>
    public Action OnLook { get; set; } = () => { };

    public Func<CancellationToken, Task> Ping { get; set; } = _ => Task.CompletedTask;

    /// <summary>Waits until somebody looked at the store.</summary>
    public async Task LookedAsync() => (await _looked.WaitAsync(TimeSpan.FromSeconds(10))).Should().BeTrue("the store should have been asked");

    public void Store(TaskResult result) => _stored[result.TaskId] = result;

    public void Push(TaskResult result)
    {
        foreach (var (taskId, observer) in _observers.Values)
            if (taskId == result.TaskId) observer(result);
    }

    public void StoreAndPush(TaskResult result)
    {
        Store(result);
        Push(result);
    }

    public ValueTask<TaskResult?> GetAsync(string taskId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Looks++;
        OnLook();
        var found = _stored.GetValueOrDefault(taskId);
        _looked.Release();
        return Outage is null ? new(found) : throw Outage;
    }

    public ValueTask<IAsyncDisposable> SubscribeAsync(string taskId, Action<TaskResult> observer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var key = Guid.NewGuid();
        _observers[key] = (taskId, observer);
        return new(new Subscription(() => _observers.TryRemove(key, out _)));
    }

    public ValueTask ForgetAsync(string taskId, CancellationToken cancellationToken)
    {
        _stored.TryRemove(taskId, out _);
        return default;
    }

    public ValueTask<string?> OpenReplyQueueAsync(CancellationToken cancellationToken)
    {
        ReplyQueueCalls++;
        return new(ReplyQueue());
    }

    public ValueTask StoreAsync(TaskResult result, ReplyAddress reply, CancellationToken cancellationToken)
    {
        StoreAndPush(result);
        return default;
    }

    public ValueTask PingAsync(CancellationToken cancellationToken) => new(Ping(cancellationToken));

    public ValueTask DisposeAsync() => default;

    private sealed class Subscription(Action end) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            end();
            return default;
        }
    }
}
