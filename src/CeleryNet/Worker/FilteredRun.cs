using CeleryNet.Diagnostics;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Worker;

/// <summary>One run of a handler inside the user's filters.</summary>
internal sealed class FilteredRun(IReadOnlyList<TaskFilterRegistration> filters, TaskHandler handler, TaskInvocation invocation, IServiceProvider services, WireBuffer? result)
{
    private int _reached; // how far the run has come: a filter that calls next again would run the task twice
    private bool _hasReturned;

    internal async ValueTask<TaskOutcome> RunAsync()
    {
        var outcome = await StepAsync(0).ConfigureAwait(false);
        if (!_hasReturned) result?.Clear(); // a task that threw may have begun to write its value
        return outcome;
    }

    private async ValueTask<TaskOutcome> StepAsync(int index)
    {
        if (index == filters.Count)
        {
            await handler.InvokeAsync(invocation).ConfigureAwait(false);
            _hasReturned = true;
            return invocation.Outcome ?? TaskOutcome.Success;
        }

        var filter = filters[index];
        var outcome = await filter.Resolve(services).InvokeAsync(invocation.Context, () => NextAsync(index + 1)).ConfigureAwait(false);
        return outcome ?? throw Fault(index, "returned null instead of an outcome; return what next returned");
    }

    private ValueTask<TaskOutcome> NextAsync(int index) =>
        Interlocked.CompareExchange(ref _reached, index, index - 1) == index - 1 ? StepAsync(index) : throw Fault(index - 1, "called next twice; call it once at most");

    private TaskQueueException Fault(int index, string what) =>
        new(ErrorCodes.FilterFault, $"Filter {filters[index].Filter} of task '{Printable.Limit(invocation.Context.Name)}' (id {Printable.Limit(invocation.Context.Id)}) {what}.");
}
