using CeleryNet;
using WebApi;

namespace Workflows;

/// <summary>Small steps, each of which says nothing about the others. How they combine is in Program.cs.</summary>
internal sealed class SalesTasks(Shop shop)
{
    /// <summary>Turnover of a month by category, from the database.</summary>
    [Task("sales.month")]
    public Dictionary<string, decimal> Month(int year, int month) => shop.SalesOf(year, month).ToDictionary(row => row.Category, row => row.Turnover);

    /// <summary>Many months to one year.</summary>
    [Task("sales.sum")]
    public static Dictionary<string, decimal> Sum(IReadOnlyList<Dictionary<string, decimal>> months) =>
        months.SelectMany(month => month).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value));

    /// <summary>A table of it.</summary>
    [Task("sales.page")]
    public static string Page(Dictionary<string, decimal> turnover, string title) =>
        $"# {title}\n\n| Category | Turnover |\n|---|---|\n{string.Concat(turnover.OrderByDescending(pair => pair.Value).Select(pair => $"| {pair.Key} | {pair.Value:F2} |\n"))}";

    /// <summary>Writes a page and gives its path.</summary>
    [Task("sales.save")]
    public static async Task<string> SaveAsync(string page, string path, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(path, page, cancellationToken);
        return path;
    }
}
