using System.Text;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.SourceGenerator.Tests.Running;

/// <summary>Runs the generated handlers of this assembly as a worker would.</summary>
internal static class TaskRunner
{
    private static readonly TaskHandlerTable Handlers =
        new([new TaskHandlerSet(typeof(CeleryNetSourceGeneratorTestsTasksRegistry), CeleryNetSourceGeneratorTestsTasksRegistry.Handlers)]);

    private static readonly WireOptions Options = new() { JsonTypes = OrderJson.Default };

    internal static TaskHandler Handler(string name) => Handlers.TryGet(name, out var handler) ? handler : throw new InvalidOperationException($"no handler '{name}'");

    /// <summary>The positional arguments of a call as JSON.</summary>
    internal static string ArgumentsOf(Signature signature)
    {
        using var buffer = WireBuffer.Rent();
        buffer.Json.WriteStartArray();
        signature.Arguments.WritePositional(new ArgumentWriter(buffer.Json, Options));
        buffer.Json.WriteEndArray();
        buffer.Flush();
        return Encoding.UTF8.GetString(buffer.Span);
    }

    /// <summary>Sends a typed call through the wire form and runs it. Returns the result as JSON; empty when the task returns none.</summary>
    internal static Task<string> RunAsync(Signature signature, IServiceProvider? services = null) => RunAsync(signature.Name, ArgumentsOf(signature), "{}", services);

    internal static async Task<string> RunAsync(string name, string arguments, string keywords = "{}", IServiceProvider? services = null)
    {
        using var cancellation = new TaskCancellation();
        using var result = WireBuffer.Rent();
        var message = new TaskMessage { Id = "id-1", TaskName = name, Body = Encoding.UTF8.GetBytes($"[{arguments},{keywords},{{}}]") };
        var context = new TaskContext(message, "celery", "test@here", isRedelivered: false, cancellation);
        var body = TaskBody.Read(message, Options);

        await Handler(name).InvokeAsync(new TaskInvocation(context, body, Options, services, result));
        return Encoding.UTF8.GetString(result.Span);
    }
}
