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

    internal static async Task<string> RunAsync(string name, string arguments, string keywords = "{}", IServiceProvider? services = null) =>
        (await EndOfAsync(name, arguments, keywords, services)).Result;

    /// <summary>Runs a typed call and returns how it ended, with its result as JSON.</summary>
    internal static Task<(TaskOutcome? Outcome, string Result)> EndOfAsync(Signature signature) => EndOfAsync(signature.Name, ArgumentsOf(signature), "{}", null);

    private static async Task<(TaskOutcome? Outcome, string Result)> EndOfAsync(string name, string arguments, string keywords, IServiceProvider? services)
    {
        using var cancellation = new TaskCancellation();
        using var result = WireBuffer.Rent();
        var message = new TaskMessage { Id = "id-1", TaskName = name, Body = Encoding.UTF8.GetBytes($"[{arguments},{keywords},{{}}]") };
        var context = new TaskContext(message, "celery", "test@here", isRedelivered: false, cancellation);
        var body = TaskBody.Read(message, Options);

        var invocation = new TaskInvocation(context, body, Options, services, result);
        await Handler(name).InvokeAsync(invocation);
        return (invocation.Outcome, Encoding.UTF8.GetString(result.Span));
    }
}
