using System.Globalization;
using System.Text;

namespace CeleryNet.Benchmarks.Harness;

/// <summary>Prints rows as Markdown, so that the last table can go into the README as it is.</summary>
internal static class Table
{
    internal static string Of(IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder();
        string[][] cells = [Header(rows[0]), .. rows.Select(row => Cells(row, rows[0]))];
        var widths = Enumerable.Range(0, cells[0].Length).Select(column => cells.Max(line => line[column].Length)).ToArray();
        for (var i = 0; i < cells.Length; i++)
        {
            Line(text, cells[i].Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])));
            if (i == 0) Line(text, widths.Select((width, column) => column == 0 ? new string('-', width) : new string('-', width - 1) + ":"));
        }

        foreach (var row in rows)
            foreach (var goal in row.Goals) text.Append(goal.IsMet ? "  met    " : "  MISSED ").Append(row.Contender).Append(": ").AppendLine(goal.Text);
        return text.ToString();
    }

    /// <summary>All goals in the order of their numbers; those without one come last.</summary>
    internal static string OfGoals(IReadOnlyList<Row> rows)
    {
        var verdicts = rows.SelectMany(row => row.Goals.Select(goal => (Row: row, Goal: goal))).OrderBy(verdict => NumberOf(verdict.Goal.Text));
        string[][] cells =
        [
            ["goal", "scenario", "contender", ""],
            .. verdicts.Select(verdict => new[] { verdict.Goal.Text, verdict.Row.Scenario, verdict.Row.Contender, verdict.Goal.IsMet ? "met" : "**MISSED**" }),
        ];
        var widths = Enumerable.Range(0, cells[0].Length).Select(column => cells.Max(line => line[column].Length)).ToArray();
        var text = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            Line(text, cells[i].Select((cell, column) => cell.PadRight(widths[column])));
            if (i == 0) Line(text, widths.Select(width => new string('-', width)));
        }

        return text.ToString();
    }

    // "P12: bytes 5 ≤ 7" is 12.
    private static int NumberOf(string goal) =>
        goal.IndexOf(':', StringComparison.Ordinal) is var end and > 1 && int.TryParse(goal.AsSpan(1, end - 1), CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;

    private static bool IsLatency(Row row) => row.P50Milliseconds is not null;

    private static bool IsFootprint(Row row) => row.MemoryBytes is not null;

    private static bool IsCodec(Row row) => row.Scenario == "codec";

    private static string[] Header(Row row) =>
        IsCodec(row) ? [row.Scenario, "ns", "bytes"]
        : IsFootprint(row) ? [row.Scenario, "ms", "memory KiB", "idle CPU %"]
        : IsLatency(row) ? [row.Scenario, "p50 ms", "p99 ms", "p99.9 ms", "ratio p50", "lowest", "highest", "client µs", "server µs"]
        : [row.Scenario, "rate/s", "ratio", "lowest", "highest", "client µs", "server µs", "bytes", "gen2/100k"];

    private static string[] Cells(Row row, Row first) =>
        IsCodec(first) ? [row.Contender, Number(row.NanosecondsPerOperation), Number(row.AllocatedBytes)]
        : IsFootprint(first) ? [row.Contender, Number(row.ElapsedMilliseconds), Tenth(row.MemoryBytes / 1024), Fraction(row.IdleCpuPercent)]
        : IsLatency(first) ?
        [
            row.Contender, Fraction(row.P50Milliseconds), Fraction(row.P99Milliseconds), Fraction(row.P999Milliseconds), Fraction(row.Ratio), Fraction(row.LowestRatio), Fraction(row.HighestRatio),
            Number(row.ClientCpuMicroseconds), Number(row.ServerCpuMicroseconds),
        ]
        :
        [
            row.Contender, Number(row.RatePerSecond), Fraction(row.Ratio), Fraction(row.LowestRatio), Fraction(row.HighestRatio), Tenth(row.ClientCpuMicroseconds),
            Tenth(row.ServerCpuMicroseconds), Number(OwnBytes(row)), Tenth(OwnBytes(row) is null ? null : row.Gen2Per100K),
        ];

    // Nothing allocated at all: it ran in another process.
    private static double? OwnBytes(Row row) => row.AllocatedBytes > 0 ? row.AllocatedBytes : null;

    private static void Line(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");

    private static string Number(double? value) => value?.ToString("#,0", CultureInfo.InvariantCulture) ?? "-";

    private static string Tenth(double? value) => value?.ToString("#,0.0", CultureInfo.InvariantCulture) ?? "-";

    private static string Fraction(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";
}
