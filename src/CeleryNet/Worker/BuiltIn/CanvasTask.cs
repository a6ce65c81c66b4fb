using CeleryNet.Serialization;
using CeleryNet.Signatures;
using CeleryNet.Tasks;
using CeleryNet.Worker.FollowUps;

namespace CeleryNet.Worker.BuiltIn;

/// <summary>A task that does nothing but send the canvas it is given, and returns where the result will be.</summary>
internal sealed class CanvasTask(string name, Func<TaskBody, (SignatureDocument Canvas, List<ReadOnlyMemory<byte>> Arguments)> read, FollowUpRunner followUps) : TaskHandler
{
    public override TaskDefinition Definition { get; } = new(name);

    public override async ValueTask InvokeAsync(TaskInvocation invocation)
    {
        var (canvas, arguments) = read(invocation.Body);
        var context = invocation.Context;
        if (canvas.Kind != SignatureKind.Task)
            foreach (var member in canvas.Members)
                foreach (var argument in Enumerable.Reverse(arguments)) member.Prepend(argument);
        FollowUpIds.Fix(canvas, context.Id, "canvas");
        var node = await followUps.SendAsync(canvas, new CanvasCall { ParentId = context.Id, RootId = context.RootId }, context.CancellationToken).ConfigureAwait(false);
        context.AddChild((node.Parent ?? node).ToBytes());
        invocation.ReturnJson(node.ToBytes());
    }
}
