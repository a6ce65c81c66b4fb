using System.Text.Json;
using CeleryNet.Control;
using CeleryNet.Serialization;

namespace CeleryNet.Worker.Commands;

/// <summary>Questions about tasks: <c>active</c>, <c>reserved</c>, <c>scheduled</c>, <c>query_task</c>, <c>revoked</c>, <c>registered</c>.</summary>
internal static class TaskCommands
{
    private const int TimerPriority = 6; // what Celery's timer gives tasks with an eta

    internal static IEnumerable<IControlCommand> Of(CommandServices services)
    {
        var info = new RequestInfo(services.NodeName, services.Time);
        yield return new ShortCommand("active", (arguments, reply) => WriteAll(reply, services.Running.Look(), info, isActive: true, CommandArguments.Flag(arguments, "safe"u8)));
        yield return new ShortCommand("reserved", (_, reply) => WriteAll(reply, Reserved(services), info, isActive: false, isSafe: false));
        yield return new ShortCommand("scheduled", (_, reply) => WriteScheduled(reply, services, info));
        yield return new ShortCommand("query_task", (arguments, reply) => WriteQueried(reply, CommandArguments.Read(arguments, static own => CommandArguments.Texts(own, "ids")), services, info));
        yield return new ShortCommand("revoked", (_, reply) => reply.WriteTexts(services.Revocations.TaskIds()));
        yield return new ShortCommand("registered", (arguments, reply) => reply.WriteTexts(RegisteredTasks.Describe(services, Items(arguments))));
    }

    private static void WriteAll(Utf8JsonWriter reply, List<TaskRequest> requests, RequestInfo info, bool isActive, bool isSafe)
    {
        reply.WriteStartArray();
        foreach (var request in requests) info.Write(reply, request, isActive, isSafe);
        reply.WriteEndArray();
    }

    // What waits for a slot or for a limit.
    private static List<TaskRequest> Reserved(CommandServices services) =>
        [.. services.Ready.Look().Except(services.Running.Look()), .. services.Hold.Look().Where(static held => held.Request.Pending is not null).Select(static held => held.Request)];

    // What is parked at the broker is not this worker's any more.
    private static void WriteScheduled(Utf8JsonWriter reply, CommandServices services, RequestInfo info)
    {
        reply.WriteStartArray();
        foreach (var (request, due) in services.Hold.Look().Where(static held => held.Request.Pending is null))
        {
            reply.WriteStartObject();
            reply.WriteString("eta"u8, WireTime.Format(request.Message.Eta ?? due));
            reply.WriteNumber("priority"u8, TimerPriority);
            reply.WritePropertyName("request"u8);
            info.Write(reply, request, isActive: false);
            reply.WriteEndObject();
        }

        reply.WriteEndArray();
    }

    // Unknown ids are left out, and so are tasks that wait for their eta, as in Celery.
    private static void WriteQueried(Utf8JsonWriter reply, List<string> ids, CommandServices services, RequestInfo info)
    {
        var wanted = ids.ToHashSet(StringComparer.Ordinal);
        reply.WriteStartObject();
        foreach (var request in services.Running.Look()) Write(request, "active");
        foreach (var request in Reserved(services)) Write(request, "reserved");
        reply.WriteEndObject();

        void Write(TaskRequest request, string state)
        {
            if (!wanted.Remove(request.Message.Id!)) return; // read, so it has one
            reply.WriteStartArray(request.Message.Id!);
            reply.WriteStringValue(state);
            info.Write(reply, request, state == "active");
            reply.WriteEndArray();
        }
    }

    private static List<string> Items(JsonElement arguments) => CommandArguments.Has(arguments, "taskinfoitems"u8, out _)
        ? CommandArguments.Read(arguments, static own => CommandArguments.Texts(own, "taskinfoitems"))
        : [];
}
