using System.Text.Json;
using CeleryNet.Control;
using CeleryNet.Diagnostics;

namespace CeleryNet.Worker.Commands;

/// <summary>How many tasks run at once: <c>pool_grow</c>, <c>pool_shrink</c>, <c>autoscale</c>; <c>pool_restart</c> is never enabled, since code cannot be loaded anew.</summary>
internal static class PoolCommands
{
    internal static IEnumerable<IControlCommand> Of(CommandServices services)
    {
        yield return new ShortCommand("pool_grow", (arguments, reply) => Change(services, arguments, reply, "pool_grow", +1, "pool will grow"));
        yield return new ShortCommand("pool_shrink", (arguments, reply) => Change(services, arguments, reply, "pool_shrink", -1, "pool will shrink"));
        yield return new ShortCommand("pool_restart", static (_, _) => throw new CommandException("ValueError", "Pool restarts not enabled"));
        yield return new ShortCommand("autoscale", (arguments, reply) => Autoscale(services, arguments, reply));
    }

    private static void Change(CommandServices services, JsonElement arguments, Utf8JsonWriter reply, string method, int sign, string text)
    {
        if (services.Autoscale is not null)
        {
            reply.WriteError($"{method} is not supported with autoscale. Adjust autoscale range instead.");
            return;
        }

        var count = CommandArguments.Integer(arguments, "n") ?? 1;
        if (count < 1) throw new CommandException("ValueError", $"n is {count} but must be at least 1");
        if (services.Pool.TryChange(sign * count) is not { } now)
            throw new CommandException("ValueError", $"{services.Pool.Concurrency} tasks run at once, which cannot change by {count}: it must stay from 1 to {WorkerPool.Most}");
        Log.PoolChanged(services.Logger, services.NodeName, now, "remote control");
        reply.WriteOk(text);
    }

    private static void Autoscale(CommandServices services, JsonElement arguments, Utf8JsonWriter reply)
    {
        CommandArguments.Only(arguments, "autoscale", "max", "min");
        if (services.Autoscale is not { } autoscale) throw new CommandException("ValueError", "Autoscale not enabled");
        var (min, max) = (CommandArguments.Integer(arguments, "min"), CommandArguments.Integer(arguments, "max"));
        if (max is < 1 or > WorkerPool.Most || min is < 1 or > WorkerPool.Most || min > max)
            throw new CommandException("ValueError", $"max is {max} and min is {min} but both must be from 1 to {WorkerPool.Most}, and min at most max");
        (min, max) = autoscale.Update(min, max);
        reply.WriteOk($"autoscale now max={max} min={min}");
    }
}
