using System.Text.Json;
using CeleryNet.Control;

namespace CeleryNet.Worker.Commands;

/// <summary>Questions about the worker itself: <c>stats</c>, <c>clock</c>, <c>active_queues</c>, <c>conf</c>, <c>report</c>.</summary>
internal static class WorkerInfoCommands
{
    internal static IEnumerable<IControlCommand> Of(CommandServices services)
    {
        var statistics = new WorkerStats(services);
        yield return new ShortCommand("stats", (_, reply) => statistics.Write(reply));
        yield return new ShortCommand("active_queues", (arguments, reply) =>
        {
            CommandArguments.None(arguments, "active_queues");
            reply.WriteStartArray();
            foreach (var queue in services.Queues.Active) QueueInfo.Write(reply, queue);
            reply.WriteEndArray();
        });
        yield return new ShortCommand("conf", (arguments, reply) => WorkerConfiguration.Write(reply, services, CommandArguments.Flag(arguments, "with_defaults"u8)));
        yield return new ShortCommand("report", (_, reply) => reply.WriteOk(WorkerReport.Of(services)));
        yield return new ShortCommand("clock", (_, reply) =>
        {
            reply.WriteStartObject();
            reply.WriteNumber("clock"u8, services.Surroundings.Clock.Value);
            reply.WriteEndObject();
        });
    }
}
