using CeleryNet.Diagnostics;
using CeleryNet.Results;

namespace CeleryNet.Client;

/// <summary>Refuses canvases that nobody could carry out. Nothing has been sent then.</summary>
internal static class CanvasChecks
{
    internal static TaskQueueException NoChords(IResultBackend results) => new(
        ErrorCodes.InvalidCanvas,
        results.IsEnabled
            ? $"A chord was not sent: the result store {results.Address} does not count the members of chords, so its body would never run. Use Redis or in-memory results."
            : "A chord was not sent: results are disabled, and a chord needs them to know when its header has ended. Add UseRedisResults or UseResults.");
}
