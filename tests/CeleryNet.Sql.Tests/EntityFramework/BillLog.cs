using System.Threading.Channels;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.EntityFramework;

/// <summary>What the worker of a test has done, in its order.</summary>
public sealed class BillLog
{
    private readonly Channel<string> _orders = Channel.CreateUnbounded<string>();

    public void Add(string order) => _orders.Writer.TryWrite(order);

    /// <summary>What was done since the last call, up to this one, which is left out.</summary>
    public async Task<List<string>> UntilAsync(string last)
    {
        var orders = new List<string>();
        while (await _orders.Reader.ReadAsync().AsTask().Within(TimeSpan.FromSeconds(30)) is var order && order != last) orders.Add(order);
        return orders;
    }
}
