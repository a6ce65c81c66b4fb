using CeleryNet.Scheduling;

namespace CeleryNet.Tests.Scheduling;

public sealed class RunIdTests
{
    private static readonly DateTimeOffset Moment = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_SameMomentInAnotherZone_IsTheSameUuid()
    {
        var id = RunId.Of("beat", "digest", Moment);

        id.Should().MatchRegex("^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$");
        RunId.Of("beat", "digest", Moment.ToOffset(TimeSpan.FromHours(2))).Should().Be(id);
    }

    [Fact]
    public void Of_AnythingElse_IsAnother()
    {
        string[] ids =
        [
            RunId.Of("beat", "digest", Moment), RunId.Of("beat2", "digest", Moment), RunId.Of("beat", "digest2", Moment), RunId.Of("beat", "digest", Moment.AddTicks(1)),
            RunId.Of("be", "at\0digest", Moment),
        ];

        ids.Should().OnlyHaveUniqueItems();
    }

    // Nodes of different versions must agree, so it must never change. Computed by Python's hashlib.
    [Fact]
    public void Of_IsWhatItWasInEveryVersion() => RunId.Of("beat", "digest", Moment).Should().Be("8e56b959-6f20-8c58-a490-3c1dd5b2f7e2");
}
