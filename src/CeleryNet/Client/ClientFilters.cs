using CeleryNet.Diagnostics;

namespace CeleryNet.Client;

/// <summary>The filters of the client, made when the first task is sent. Thread-safe.</summary>
internal sealed class ClientFilters(IReadOnlyList<ClientFilterRegistration> registrations, IServiceProvider services)
{
    private readonly Lazy<ITaskClientFilter[]> _filters = new(() => [.. registrations.Select(registration => registration.Resolve(services))]);

    /// <summary>Sends a task inside the filters.</summary>
    /// <param name="sending">The call.</param>
    /// <param name="send">Sends it with the options it then has.</param>
    internal async Task<THandle> SendAsync<THandle>(TaskSending sending, Func<TaskSending, Task<THandle>> send) where THandle : TaskHandle
    {
        var filters = _filters.Value;
        var reached = 0; // how far it has come: a filter that calls next again would send the task twice
        THandle? sent = null;
        await StepAsync(0).ConfigureAwait(false);
        return sent!; // each step checks that the one after it has set it

        async Task<TaskHandle> StepAsync(int index)
        {
            if (index == filters.Length) return sent = await send(sending).ConfigureAwait(false);
            await filters[index].InvokeAsync(sending, () => NextAsync(index + 1)).ConfigureAwait(false);
            return sent ?? throw Fault(filters[index], "ended without having sent it; call and await next, or throw when the task must not be sent");
        }

        Task<TaskHandle> NextAsync(int index) => Interlocked.CompareExchange(ref reached, index, index - 1) == index - 1
            ? StepAsync(index)
            : throw Fault(filters[index - 1], "called next twice, so it would be sent twice; call it exactly once");

        TaskQueueException Fault(ITaskClientFilter filter, string what) =>
            new(ErrorCodes.FilterFault, $"Client filter {filter.GetType()} of task '{Printable.Limit(sending.Name)}' {what}.");
    }
}
