using System.Text.Json.Nodes;

namespace CeleryNet.Interop.Tests.Scheduling;

/// <summary>Random crontabs: ours are due when Celery's are, and refused when Celery refuses them.</summary>
public sealed class CrontabTests
{
    private const int Count = 4000;
    private const int Runs = 4;

    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat", "Sunday", "friday"];

    [Fact]
    public async Task NextAfter_ThousandsOfRandomOnes_IsWhenCeleryIsDue()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var entries = Enumerable.Range(0, Count).Select(_ => Entry.Make(random)).ToList();

        var celery = await CelerySchedules.AskAsync(entries.Select(entry => entry.Question()));

        for (var i = 0; i < Count; i++)
        {
            if (celery[i] is { } expected) entries[i].Schedule().NextRuns(Runs, entries[i].After).Should().Equal(expected, "seed {0}: {1} after {2:u}", seed, entries[i], entries[i].After);
            else FluentActions.Invoking(entries[i].Schedule).Should().Throw<TaskQueueConfigurationException>("seed {0}: Celery refuses {1}", seed, entries[i]);
        }

        celery.Count(runs => runs is not null).Should().BeGreaterThan(Count / 2);
    }

    private sealed record Entry(string Minute, string Hour, string DayOfWeek, string DayOfMonth, string Month, DateTimeOffset After)
    {
        internal static Entry Make(Random random)
        {
            var after = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(random.NextInt64(18L * 366 * 86400));
            // Days that hardly ever meet make Celery give up, so not all three of them are narrow at once.
            var isNarrow = random.Next(3);
            return new Entry(
                Field(random, 0, 59), Field(random, 0, 23), isNarrow == 0 ? Field(random, 0, 6, Days) : "*", isNarrow == 1 ? Field(random, 1, 31) : "*", random.Next(2) == 0 ? Field(random, 1, 12) : "*", after);
        }

        internal JsonObject Question() => new()
        {
            ["crontab"] = new JsonArray(Minute, Hour, DayOfWeek, DayOfMonth, Month),
            ["after"] = CelerySchedules.Text(After),
            ["count"] = Runs,
        };

        internal Crontab Schedule() => Crontab.Of(Minute, Hour, DayOfWeek, DayOfMonth, Month);

        private static string Field(Random random, int lowest, int highest, string[]? names = null)
        {
            if (random.Next(4) == 0) return "*";
            return string.Join(',', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Part(random, lowest, highest, names)));
        }

        private static string Part(Random random, int lowest, int highest, string[]? names) => random.Next(12) switch
        {
            < 4 => Value(random, lowest, highest, names),
            < 7 => $"{Value(random, lowest, highest, names)}-{Value(random, lowest, highest, names)}",
            < 9 => $"{Value(random, lowest, highest, names)}-{Value(random, lowest, highest, names)}/{random.Next(1, highest + 2)}",
            < 11 => $"*/{random.Next(1, highest + 2)}",
            _ => $"{highest + 2}", // refused
        };

        private static string Value(Random random, int lowest, int highest, string[]? names) =>
            names is not null && random.Next(2) == 0 ? names[random.Next(names.Length)] : $"{random.Next(lowest, highest + 1)}";
    }
}
