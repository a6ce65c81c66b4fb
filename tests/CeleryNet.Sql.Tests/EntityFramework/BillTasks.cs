namespace CeleryNet.Sql.Tests.EntityFramework;

/// <summary>A task of the application.</summary>
public sealed class BillTasks(BillLog log)
{
    [Task("shop.bill")]
    public string Bill(string order)
    {
        log.Add(order);
        return order;
    }
}
