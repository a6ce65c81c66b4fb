using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;

namespace CeleryNet.Benchmarks.Harness;

/// <summary>Which types the bytes of a round are: the runtime tells the type of one object in every 100 KB.</summary>
internal sealed class AllocationProfile : EventListener
{
    private const EventKeywords GarbageCollection = (EventKeywords)1;
    private const int Shown = 25;

    private readonly ConcurrentDictionary<string, long> _bytes = new();

    /// <summary>The one of this run; <c>null</c> when allocations are not asked for.</summary>
    internal static AllocationProfile? Current { get; set; }

    /// <summary>Starts over, at the begin of a measurement.</summary>
    internal void Clear() => _bytes.Clear();

    /// <summary>The types that took most, in bytes for each operation.</summary>
    internal string Of(long operations) => string.Join(
        Environment.NewLine,
        _bytes.OrderByDescending(pair => pair.Value).Take(Shown).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{(double)pair.Value / operations,8:#,0}  {pair.Key}")));

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime") EnableEvents(eventSource, EventLevel.Verbose, GarbageCollection);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith("GCAllocationTick", StringComparison.Ordinal) != true) return;
        var names = eventData.PayloadNames!;
        var type = (string)eventData.Payload![names.IndexOf("TypeName")]!;
        var amount = Convert.ToInt64(eventData.Payload[names.IndexOf("AllocationAmount64")], CultureInfo.InvariantCulture);
        _bytes.AddOrUpdate(type, amount, (_, sum) => sum + amount);
    }
}
