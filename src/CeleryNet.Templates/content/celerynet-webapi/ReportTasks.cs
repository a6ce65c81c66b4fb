using CeleryNet;

namespace CeleryNetWebApi;

/// <summary>Slow work that left the request.</summary>
public static class ReportTasks
{
    [Task("reports.build", MaxRetries = 3, RetryBackoff = true)]
    public static async Task<string> BuildAsync(int year, IProgress<int> progress, CancellationToken cancellationToken)
    {
        for (var month = 1; month <= 12; month++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken); // the slow part
            progress.Report(month * 100 / 12);
        }

        return $"report of {year}";
    }
}
