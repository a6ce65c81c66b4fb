using System.Text.Json;

namespace CeleryNet.Events;

/// <summary>The events <c>worker-online</c>, <c>-heartbeat</c> and <c>-offline</c> of one worker.</summary>
internal sealed class WorkerHeartbeat(EventDispatcher events, Func<WorkerLoad> load, TimeSpan interval, TimeProvider time)
{
    private static readonly JsonEncodedText Frequency = JsonEncodedText.Encode("freq");

    // What Celery's workers say when they are asked, whatever their own interval is.
    private const int AskedInterval = 5;

    /// <summary>Tells that the worker is there, and again and again that it still is, until it is stopped; then that it leaves.</summary>
    internal async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval, time);
        Send(EventTypes.WorkerOnline);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false)) Send(EventTypes.WorkerHeartbeat);
        }
        catch (OperationCanceledException)
        {
            Send(EventTypes.WorkerOffline);
        }
    }

    /// <summary>Answers the command <c>heartbeat</c>, with fewer fields, as Celery does.</summary>
    internal void Answer() => events.SendAlone(EventTypes.WorkerHeartbeat, AskedInterval, static (json, seconds) =>
    {
        json.WriteNumber("freq"u8, seconds);
        WriteSoftware(json);
    });

    // While the broker is away, only the newest of each kind is kept: that a worker was alive a minute ago helps nobody.
    private void Send(string type) => events.SendAlone(type, (Load: load(), Interval: interval), static (json, state) =>
    {
        EventWriter.WriteSeconds(json, Frequency, state.Interval);
        json.WriteNumber("active"u8, state.Load.Active);
        json.WriteNumber("processed"u8, state.Load.Processed);
        json.WriteStartArray("loadavg"u8);
        foreach (var average in LoadAverage.Read()) json.WriteNumberValue(average);
        json.WriteEndArray();
        WriteSoftware(json);
    }, replaces: true);

    private static void WriteSoftware(Utf8JsonWriter json)
    {
        json.WriteString("sw_ident"u8, SoftwareInfo.Name);
        json.WriteString("sw_ver"u8, SoftwareInfo.Version);
        json.WriteString("sw_sys"u8, SoftwareInfo.System);
    }
}
