using CeleryNet.Scheduling;
using CeleryNet.Tests.Client.Doubles;

namespace CeleryNet.Tests.Scheduling;

public sealed class AgendaTests
{
    private const int Seed = 4711;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void TakeDue_TenThousandEntries_ComeInTheOrderOfTheirMoments()
    {
        var random = new Random(Seed);
        var agenda = new Agenda();
        var moments = Enumerable.Range(0, 10_000).ToDictionary(i => $"entry-{i}", _ => Start.AddMilliseconds(random.Next(1, 3_600_000)));
        foreach (var (name, moment) in moments) agenda.Set(Item(name, moment), Start);

        var sent = new List<AgendaItem>();
        for (var now = Start; sent.Count < moments.Count; now += TimeSpan.FromSeconds(10))
        {
            var due = agenda.TakeDue(now, 100_000);
            due.All(item => item.SendAt <= now).Should().BeTrue("nothing comes early");
            sent.AddRange(due);
            if (agenda.Next is { } next) next.Should().BeAfter(now);
        }

        sent.Select(item => item.SendAt).Should().BeInAscendingOrder("seed {0}", Seed);
        sent.Should().OnlyContain(item => item.SendAt == moments[item.Entry.Name]);
        sent.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Set_KnownName_TakesItsPlace()
    {
        var agenda = new Agenda();
        agenda.Set(Item("a", Start.AddMinutes(1)), Start);

        agenda.Set(Item("a", Start.AddMinutes(5)), Start);

        agenda.Next.Should().Be(Start.AddMinutes(5));
        agenda.TakeDue(Start.AddHours(1), 10).Should().ContainSingle();
        agenda.Count.Should().Be(1);
    }

    [Fact]
    public void Remove_OfTheNext_LeavesTheOther()
    {
        var agenda = new Agenda();
        agenda.Set(Item("a", Start.AddMinutes(1)), Start);
        agenda.Set(Item("b", Start.AddMinutes(2)), Start);

        agenda.Remove("a");

        agenda.Next.Should().Be(Start.AddMinutes(2));
    }

    [Fact]
    public void Put_OfAnItemThatWasReplacedMeanwhile_IsNotDueTwice()
    {
        var agenda = new Agenda();
        agenda.Set(Item("a", Start.AddMinutes(1)), Start);
        var taken = agenda.TakeDue(Start.AddMinutes(1), 10);
        agenda.Set(Item("a", Start.AddMinutes(3)), Start);

        agenda.Put(taken[0]);

        agenda.TakeDue(Start.AddHours(1), 10).Select(item => item.SendAt).Should().Equal(Start.AddMinutes(3));
    }

    private static AgendaItem Item(string name, DateTimeOffset moment) =>
        new("beat", new BeatEntry(name, Schedule.At(moment), Calls.Named("tests.task")), Start, null);
}
