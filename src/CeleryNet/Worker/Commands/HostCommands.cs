using CeleryNet.Control;
using CeleryNet.Diagnostics;

namespace CeleryNet.Worker.Commands;

/// <summary>Commands about the worker as a whole: <c>enable_events</c>, <c>disable_events</c>, <c>heartbeat</c>, <c>shutdown</c>; <c>election</c> is answered and left to Python's workers.</summary>
internal static class HostCommands
{
    internal static IEnumerable<IControlCommand> Of(CommandServices services)
    {
        yield return EventCommand(services, "enable_events", true, "enabled");
        yield return EventCommand(services, "disable_events", false, "disabled");
        yield return new HeartbeatCommand(services);
        yield return new ShutdownCommand(services);
        yield return new ShortCommand("election", static (_, _) => { });
    }

    private static ShortCommand EventCommand(CommandServices services, string method, bool on, string state) => new(method, (arguments, reply) =>
    {
        CommandArguments.None(arguments, method);
        if (on ? services.Events.Switch.TryEnable() : services.Events.Switch.TryDisable())
        {
            Log.EventsTurned(services.Logger, services.NodeName, state);
            reply.WriteOk($"task events {state}");
        }
        else
        {
            reply.WriteOk($"task events already {state}");
        }
    });
}
