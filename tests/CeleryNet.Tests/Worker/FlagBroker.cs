using System.Collections.Concurrent;
using CeleryNet.Brokers;

namespace CeleryNet.Tests.Worker;

/// <summary>A broker that keeps flags; each change is a step.</summary>
internal sealed class FlagBroker : PowerfulBroker, IFlagStore
{
    internal ConcurrentDictionary<string, TimeSpan?> Flags { get; } = new();

    /// <summary>What the next requests fail with.</summary>
    internal ConcurrentQueue<Exception> Failures { get; } = new();

    public ValueTask SetAsync(string name, TimeSpan? lifetime, CancellationToken cancellationToken)
    {
        Fail(name);
        Flags[name] = lifetime;
        Note("set");
        return default;
    }

    public ValueTask<bool> IsSetAsync(string name, CancellationToken cancellationToken)
    {
        Fail(name);
        return new(Flags.ContainsKey(name));
    }

    public ValueTask ClearAsync(string name, CancellationToken cancellationToken)
    {
        Fail(name);
        Flags.TryRemove(name, out _);
        Note("clear");
        return default;
    }

    private void Fail(string name)
    {
        if (name.StartsWith("paused.", StringComparison.Ordinal)) return; // what the worker looks at now and then, by its clock
        if (Failures.TryDequeue(out var failure)) throw failure;
    }
}
