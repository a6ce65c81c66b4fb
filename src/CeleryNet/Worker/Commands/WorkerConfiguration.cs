using System.Text;
using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Control;
using CeleryNet.Serialization;

namespace CeleryNet.Worker.Commands;

/// <summary>The settings of a worker under Celery's names, where Celery has such a setting. Passwords are masked.</summary>
internal static class WorkerConfiguration
{
    private const string Mask = ":********@"; // what Celery writes for a secret

    /// <summary>Writes an object of settings.</summary>
    /// <param name="reply">Where to.</param>
    /// <param name="services">The worker.</param>
    /// <param name="withDefaults">False: only settings that differ from their defaults.</param>
    internal static void Write(Utf8JsonWriter reply, CommandServices services, bool withDefaults)
    {
        var options = services.Options;
        var usual = new WorkerOptions();
        reply.WriteStartObject();
        reply.WriteString("broker_url"u8, Masked(services.Broker.Address));
        reply.WriteString("result_backend"u8, Masked(services.Results.Address));
        Texts("task_queues", [.. services.Queues.Active.Select(queue => queue.Name)], []);
        Number("worker_concurrency", options.Concurrency, usual.Concurrency);
        if (options.MinConcurrency is { } least) Number("worker_min_concurrency", least, 0);
        if (options.Prefetch is { } prefetch) Number("worker_prefetch", prefetch, 0);
        Flag("worker_enable_remote_control", options.EnableRemoteControl, usual.EnableRemoteControl);
        Texts("worker_disabled_commands", options.DisabledCommands, usual.DisabledCommands);
        Number("worker_max_held_tasks", options.MaxHeldTasks, usual.MaxHeldTasks);
        Number("worker_max_held_bytes", options.MaxHeldBytes, usual.MaxHeldBytes);
        Seconds("worker_hold_window", options.HoldWindow, usual.HoldWindow);
        Seconds("worker_shutdown_timeout", options.ShutdownTimeout, usual.ShutdownTimeout);
        Seconds("worker_cancel_timeout", options.CancelTimeout, usual.CancelTimeout);
        Seconds("worker_mingle_timeout", options.MingleTimeout, usual.MingleTimeout);
        Number("worker_max_deliveries", options.MaxDeliveries, usual.MaxDeliveries);
        Number("worker_max_dead_letters", options.MaxDeadLetters, usual.MaxDeadLetters);
        if (withDefaults)
        {
            // Not settings here, but what a Python worker with the same behaviour would have.
            reply.WriteString("task_serializer"u8, "json");
            reply.WriteString("result_serializer"u8, "json");
            reply.WritePropertyName("accept_content"u8);
            reply.WriteTexts(["json"]);
            reply.WriteString("timezone"u8, "UTC");
            reply.WriteBoolean("enable_utc"u8, true);
            reply.WriteBoolean("task_acks_late"u8, true);
        }

        reply.WriteEndObject();

        void Number(string name, int value, int otherwise)
        {
            if (withDefaults || value != otherwise) reply.WriteNumber(name, value);
        }

        void Flag(string name, bool value, bool otherwise)
        {
            if (withDefaults || value != otherwise) reply.WriteBoolean(name, value);
        }

        void Seconds(string name, TimeSpan value, TimeSpan otherwise)
        {
            if (withDefaults || value != otherwise) reply.WriteNumber(name, value.TotalSeconds);
        }

        void Texts(string name, IReadOnlyList<string> value, IReadOnlyList<string> otherwise)
        {
            if (!withDefaults && value.SequenceEqual(otherwise)) return;
            reply.WritePropertyName(name);
            reply.WriteTexts(value);
        }
    }

    /// <summary>The changed settings as lines of text, as Celery's report shows them.</summary>
    internal static string ToText(CommandServices services)
    {
        using var buffer = WireBuffer.Rent();
        Write(buffer.Json, services, withDefaults: false);
        buffer.Flush();
        using var document = JsonDocument.Parse(buffer.Memory);
        var text = new StringBuilder();
        foreach (var setting in document.RootElement.EnumerateObject())
            text.Append(setting.Name).Append(": ").Append(PythonRepr.Of(Encoding.UTF8.GetBytes(setting.Value.GetRawText()))).Append('\n');
        return text.ToString();
    }

    // Addresses are masked where they are made; once more does no harm, should one not be.
    internal static string Masked(string address) => ConnectionString.Mask(address).Replace(":***@", Mask, StringComparison.Ordinal);
}
