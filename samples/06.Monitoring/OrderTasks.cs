using CeleryNet;

namespace Monitoring;

/// <summary>A task that sends another one.</summary>
internal sealed class OrderTasks(ITaskClient tasks)
{
    /// <summary>Takes an order in and has its bill written.</summary>
    [Task("orders.accept")]
    public async Task AcceptAsync(int id, CancellationToken cancellationToken) => await tasks.EnqueueAsync(OrderTasks.BillTask(id), cancellationToken);

    /// <summary>Writes the bill.</summary>
    [Task("orders.bill")]
    public static string Bill(int id) => $"bill {id}";
}
