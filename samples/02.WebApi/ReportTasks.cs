using CeleryNet;

namespace WebApi;

/// <summary>A report over all orders of a year, month by month.</summary>
internal sealed class ReportTasks(Shop shop)
{
    /// <summary>Turnover and best customer of each category in each month.</summary>
    [Task("reports.build", TimeLimit = "00:02:00")]
    public List<ReportRow> Build(int year, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var rows = new List<ReportRow>();
        for (var month = 1; month <= 12; month++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows.AddRange(shop.SalesOf(year, month));
            progress.Report(month / 12.0);
        }

        return rows;
    }
}
