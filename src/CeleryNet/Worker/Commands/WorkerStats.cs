using System.Globalization;
using System.Text.Json;

namespace CeleryNet.Worker.Commands;

/// <summary>Writes what Celery's <c>stats</c> shows. Flower shows only workers that answer it.</summary>
internal sealed class WorkerStats(CommandServices services)
{
    private readonly long _start = services.Time.GetTimestamp();

    internal void Write(Utf8JsonWriter reply)
    {
        var runs = 0L;
        reply.WriteStartObject();
        reply.WriteStartObject("total"u8);
        foreach (var (name, count) in services.Started.Counts)
        {
            reply.WriteNumber(name, count);
            runs += count;
        }

        reply.WriteEndObject();
        reply.WriteNumber("pid"u8, Environment.ProcessId);
        reply.WriteString("clock"u8, services.Surroundings.Clock.Value.ToString(CultureInfo.InvariantCulture)); // a text in Celery too
        reply.WriteNumber("uptime"u8, (long)services.Time.GetElapsedTime(_start).TotalSeconds);
        reply.WritePropertyName("pool"u8);
        WritePool(reply, runs);
        reply.WritePropertyName("broker"u8);
        BrokerInfo.Write(reply, services.Broker.Address, services.Surroundings.BrokerSettings);
        reply.WriteNumber("prefetch_count"u8, services.Prefetch());
        WriteAutoscaler(reply);
        reply.WritePropertyName("rusage"u8);
        ResourceUsage.Write(reply);
        reply.WriteEndObject();
    }

    // The keys of Celery's process pool, which tools read; there is one process here, with as many tasks in it as run at once.
    private void WritePool(Utf8JsonWriter reply, long runs)
    {
        reply.WriteStartObject();
        reply.WriteString("implementation"u8, "CeleryNet.Worker:ExecutionSlots");
        reply.WriteNumber("max-concurrency"u8, services.Pool.Concurrency);
        reply.WriteStartArray("processes"u8);
        reply.WriteNumberValue(Environment.ProcessId);
        reply.WriteEndArray();
        reply.WriteString("max-tasks-per-child"u8, "N/A");
        reply.WriteBoolean("put-guarded-by-semaphore"u8, false);
        reply.WriteStartArray("timeouts"u8);
        reply.WriteNumberValue(0); // limits belong to tasks, there is none of the pool
        reply.WriteNumberValue(0);
        reply.WriteEndArray();
        reply.WriteStartObject("writes"u8);
        reply.WriteNumber("total"u8, runs);
        reply.WriteString("avg"u8, runs == 0 ? "0.00" : "1.00");
        reply.WriteString("all"u8, runs == 0 ? "" : "1.00");
        reply.WriteString("raw"u8, runs == 0 ? "" : runs.ToString(CultureInfo.InvariantCulture));
        reply.WriteString("strategy"u8, "fair");
        reply.WriteStartObject("inqueues"u8);
        reply.WriteNumber("total"u8, services.Pool.Concurrency);
        reply.WriteNumber("active"u8, services.Running.Count);
        reply.WriteEndObject();
        reply.WriteEndObject();
        reply.WriteEndObject();
    }

    private void WriteAutoscaler(Utf8JsonWriter reply)
    {
        if (services.Autoscale is not { } autoscale) return;
        var (min, max) = autoscale.Range;
        reply.WriteStartObject("autoscaler"u8);
        reply.WriteNumber("max"u8, max);
        reply.WriteNumber("min"u8, min);
        reply.WriteNumber("current"u8, services.Pool.Concurrency);
        reply.WriteNumber("qty"u8, autoscale.Load);
        reply.WriteEndObject();
    }
}
