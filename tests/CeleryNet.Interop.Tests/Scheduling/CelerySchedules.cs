using System.Globalization;
using System.Text.Json.Nodes;
using CeleryNet.Contracts;
using CeleryNet.Interop.Tests.PythonPeer;

namespace CeleryNet.Interop.Tests.Scheduling;

/// <summary>Celery's own schedules, asked by <c>python/schedules.py</c>. Needs no broker.</summary>
internal static class CelerySchedules
{
    /// <summary>Asks all questions at once.</summary>
    /// <returns>The moments; <c>null</c> where Celery refuses the schedule.</returns>
    internal static async Task<IReadOnlyList<IReadOnlyList<DateTimeOffset>?>> AskAsync(IEnumerable<JsonObject> questions)
    {
        await using var process = PythonProcess.Start(new PythonSettings("memory://", "", "unused"), null, "schedules.py");
        await process.Input.WriteLineAsync(new JsonArray([.. questions]).ToJsonString());
        await process.Input.FlushAsync();
        var line = await process.Answers.ReadLineAsync().Within(TimeSpan.FromMinutes(1)) ?? throw new InvalidOperationException($"Python gave no answer. It printed: {process.Output}");
        return [.. JsonNode.Parse(line)!.AsArray().Select(Read)]; // it writes nothing but an array
    }

    internal static string Text(DateTimeOffset moment) => moment.ToString("yyyy-MM-ddTHH:mm:ss+00:00", CultureInfo.InvariantCulture);

    private static IReadOnlyList<DateTimeOffset>? Read(JsonNode? answer) =>
        answer is JsonArray runs ? [.. runs.Select(run => DateTimeOffset.Parse(run!.GetValue<string>(), CultureInfo.InvariantCulture))] : null;
}
