using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Signatures;
using CeleryNet.Tasks;
using CeleryNet.Worker.FollowUps;

namespace CeleryNet.Worker.BuiltIn;

/// <summary>
/// <c>celery.chord_unlock</c>: how Celery runs chords on result stores that do not count. Looks whether all members of a header have ended, and retries itself until they have; then sends the body.
/// </summary>
internal sealed class ChordUnlockTask(IResultBackend results, FollowUpRunner followUps) : TaskHandler
{
    private const double DefaultInterval = 1; // Celery's result_chord_retry_interval, in seconds

    public override TaskDefinition Definition { get; } = new("celery.chord_unlock", new TaskPolicy { IgnoreResult = true });

    public override async ValueTask InvokeAsync(TaskInvocation invocation)
    {
        var arguments = new BuiltInArguments("unlock_chord", invocation.Body, "group_id", "callback", "interval", "max_retries", "result");
        var group = JsonParts.ReadText(arguments.Required("group_id")) ?? throw new TaskArgumentException("unlock_chord() argument 'group_id' is no text");
        var header = new ResultNode(group, JsonParts.Split(arguments.Required("result")).ConvertAll(ResultNode.Read));
        var interval = TimeSpan.FromSeconds(Math.Clamp(arguments.Number("interval") ?? DefaultInterval, 0.1, 86_400));
        var most = arguments.Number("max_retries") is { } number ? (int)Math.Clamp(number, 0, int.MaxValue) : -1;
        var token = invocation.Context.CancellationToken;

        var parts = new List<TaskResult>();
        foreach (var id in ChordJoin.Leaves(header))
        {
            if (await results.GetAsync(id, token).ConfigureAwait(false) is not { IsReady: true } part) throw invocation.Context.Retry(interval, maxRetries: most);
            parts.Add(part);
        }

        var request = (TaskRequest)invocation.Context.OwnCanvas!; // a worker runs it
        await followUps.EndChordAsync(request, group, arguments.Required("callback"), parts, () => ChordJoin.Nested(header, ValuesOf(parts)), token).ConfigureAwait(false);
    }

    private static Dictionary<string, ReadOnlyMemory<byte>> ValuesOf(List<TaskResult> parts)
    {
        var values = new Dictionary<string, ReadOnlyMemory<byte>>();
        foreach (var part in parts) values[part.TaskId] = part.Value;
        return values;
    }
}
