using CeleryNet.Messages;

namespace CeleryNet.Client;

internal sealed partial class TaskClient
{
    private Task<THandle> SendFilteredAsync<THandle>(
        ClientFilters filters, Signature signature, Func<TaskClient, Signature, TaskMessage, THandle> handle, CancellationToken cancellationToken) where THandle : TaskHandle
    {
        ArgumentNullException.ThrowIfNull(signature);
        if (signature.Part is not null) return SendCanvasAsync(signature, handle, cancellationToken);
        return filters.SendAsync(
            new TaskSending(signature, cancellationToken),
            sending => SendAnyAsync(
                new Signature(signature.Definition, signature.Arguments, sending.Options), (client, _, message) => handle(client, signature, message), cancellationToken));
    }

    private async Task<IReadOnlyList<THandle>> SendEachAsync<TSignature, THandle>(
        ClientFilters filters, IEnumerable<TSignature> signatures, Func<TaskClient, TSignature, TaskMessage, THandle> handle, CancellationToken cancellationToken)
        where TSignature : Signature where THandle : TaskHandle
    {
        var handles = new List<THandle>();
        try
        {
            foreach (var signature in signatures)
            {
                ArgumentNullException.ThrowIfNull(signature, nameof(signatures));
                cancellationToken.ThrowIfCancellationRequested();
                handles.Add(await SendFilteredAsync(filters, signature, (client, task, message) => handle(client, (TSignature)task, message), cancellationToken).ConfigureAwait(false));
            }

            return handles;
        }
        catch (TaskQueueException error) when (handles.Count > 0)
        {
            throw AfterSome(error, handles.Count);
        }
    }
}
