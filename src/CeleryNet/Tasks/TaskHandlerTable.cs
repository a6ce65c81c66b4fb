using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using CeleryNet.Diagnostics;

namespace CeleryNet.Tasks;

/// <summary>Every handler of the host by wire name.</summary>
public sealed class TaskHandlerTable
{
    private readonly FrozenDictionary<string, TaskHandler> _handlers;

    /// <summary>Collects the handlers.</summary>
    /// <exception cref="TaskQueueConfigurationException">Two tasks have the same wire name.</exception>
    public TaskHandlerTable(IEnumerable<TaskHandlerSet> sets)
    {
        var handlers = new Dictionary<string, TaskHandler>();
        foreach (var set in sets.DistinctBy(set => set.Registry))
        {
            foreach (var handler in set.Handlers)
            {
                var name = handler.Definition.Name;
                if (!handlers.TryAdd(name, handler))
                {
                    throw new TaskQueueConfigurationException(
                        ErrorCodes.DuplicateTask,
                        $"Task '{name}' is defined twice, in {handlers[name].GetType().Assembly.GetName().Name} and in {set.Registry.FullName}. Give one of them another wire name.");
                }
            }
        }

        _handlers = handlers.ToFrozenDictionary();
    }

    private TaskHandlerTable(IEnumerable<KeyValuePair<string, TaskHandler>> handlers) => _handlers = handlers.ToFrozenDictionary();

    /// <summary>A table that has more handlers, but for names that are here already.</summary>
    internal TaskHandlerTable With(IEnumerable<TaskHandler> others) =>
        new(_handlers.Concat(others.Where(other => !_handlers.ContainsKey(other.Definition.Name)).Select(static other => KeyValuePair.Create(other.Definition.Name, other))));

    /// <summary>The wire names, sorted.</summary>
    public IReadOnlyList<string> Names => [.. _handlers.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Finds the handler of a task.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out TaskHandler? handler) => _handlers.TryGetValue(name, out handler);
}
