using System.Text.Json;
using CeleryNet.Control;

namespace CeleryNet.Worker.Commands;

/// <summary>Celery's <c>revoke</c>, and <c>terminate</c>, which is the same with <c>terminate</c> set. The signal means nothing here, since tasks run in threads.</summary>
internal sealed class RevokeCommand(string method, Revoker revoker, CancellationToken stopping) : IControlCommand
{
    internal const string Revoke = "revoke";
    internal const string Terminate = "terminate";

    public string Method => method;

    public ValueTask ExecuteAsync(JsonElement arguments, Utf8JsonWriter reply, CancellationToken cancellationToken)
    {
        var ids = CommandArguments.Read(arguments, static arguments => CommandArguments.Texts(arguments, "task_id")).Select(Revocation.OfTask).ToList();
        var isTerminate = method == Terminate || CommandArguments.Terminate(arguments);
        var ended = revoker.Revoke(ids, isTerminate, stopping);
        reply.WriteOk(!isTerminate ? $"tasks {string.Join(", ", ids.Select(id => id.Value))} flagged as revoked" // the words of Celery 5.2; later ones write a Python set
            : ended.Count == 0 ? "terminate: tasks unknown"
            : $"terminate: {string.Join(", ", ended)}");
        return default;
    }
}
