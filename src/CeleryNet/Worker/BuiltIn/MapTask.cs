using CeleryNet.Serialization;
using CeleryNet.Signatures;
using CeleryNet.Tasks;

namespace CeleryNet.Worker.BuiltIn;

/// <summary><c>celery.map</c> and <c>celery.starmap</c>: call the named task once for each item, one after the other in this process, and return the list of what it returned.</summary>
/// <param name="name">Wire name.</param>
/// <param name="handlers">The tasks that may be called.</param>
/// <param name="isStarred">True: each item is a list of arguments.</param>
internal sealed class MapTask(string name, TaskHandlerTable handlers, bool isStarred) : TaskHandler
{
    public override TaskDefinition Definition { get; } = new(name);

    public override bool NeedsScope => true; // the task that it calls may need one

    public override async ValueTask InvokeAsync(TaskInvocation invocation)
    {
        var arguments = new BuiltInArguments(isStarred ? "xstarmap" : "xmap", invocation.Body, "task", "it");
        var task = SignatureDocument.Read(arguments.Required("task")).Task;
        var items = JsonParts.Split(arguments.Required("it"));
        if (!handlers.TryGet(task, out var handler)) throw new UnregisteredTaskException(task);

        using var list = WireBuffer.Rent();
        using var value = WireBuffer.Rent();
        list.Json.WriteStartArray();
        foreach (var item in items)
        {
            invocation.Context.CancellationToken.ThrowIfCancellationRequested();
            value.Clear();
            var body = new TaskBody { Arguments = isStarred ? item : JsonParts.Join([item]) };
            var call = new TaskInvocation(invocation.Context, body, invocation.Wire, invocation.Services, value);
            await handler.InvokeAsync(call).ConfigureAwait(false);
            if (call.Outcome is { Kind: not TaskOutcomeKind.Success } outcome) throw new TaskOutcomeException(outcome);
            list.Json.WriteRawValue(value.Count == 0 ? "null"u8 : value.Span, skipInputValidation: true);
        }

        list.Json.WriteEndArray();
        list.Flush();
        invocation.ReturnJson(list.Span);
    }
}
