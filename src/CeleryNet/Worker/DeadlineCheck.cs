using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Tasks;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>Says at start which tasks may run for longer than the broker leaves a message unsettled. They would be delivered again while they run.</summary>
internal static class DeadlineCheck
{
    internal static void Warn(IBroker broker, TaskHandlerTable handlers, Func<TaskDefinition, TaskPolicy> policyOf, ILogger logger)
    {
        if (broker is not IDeliveryDeadline { LongestUnsettled: { } deadline }) return;
        foreach (var name in handlers.Names)
        {
            if (handlers.TryGet(name, out var handler) && policyOf(handler.Definition).TimeLimit is { } limit && limit > deadline)
                Log.LimitBeyondDeadline(logger, name, limit.TotalSeconds, broker.Address, deadline.TotalSeconds);
        }
    }
}
