using CeleryNet.Control;
using CeleryNet.Messages;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Control;

public sealed class RevocationTableTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RevocationTable _table;

    public RevocationTableTests() => _table = new RevocationTable(_time);

    [Fact]
    public void IsRevoked_OtherIds_AreNot()
    {
        _table.Add(Revocation.OfTask("a"));

        IsRevoked("a").Should().BeTrue();
        IsRevoked("b").Should().BeFalse();
        _table.IsRevoked(new TaskMessage()).Should().BeFalse();
    }

    [Fact]
    public void Add_AfterThreeHours_IsForgotten()
    {
        _table.Add(Revocation.OfTask("a"));

        _time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        IsRevoked("a").Should().BeTrue();
        _time.Advance(TimeSpan.FromSeconds(1));

        IsRevoked("a").Should().BeFalse();
        _table.Add(Revocation.OfTask("b"));
        _table.Count.Should().Be(1);
    }

    [Fact]
    public void Add_Again_IsKeptAnew()
    {
        _table.Add(Revocation.OfTask("a"));
        _time.Advance(TimeSpan.FromHours(2));
        _table.Add(Revocation.OfTask("a"));
        _time.Advance(TimeSpan.FromHours(2));

        IsRevoked("a").Should().BeTrue();
        _table.Count.Should().Be(1);
    }

    [Fact]
    public void Add_FromAStore_IsKeptForTheTimeLeftAndNoLongerThanUsual()
    {
        _table.Add(Revocation.OfTask("short"), TimeSpan.FromMinutes(1));
        _table.Add(Revocation.OfTask("long"), TimeSpan.FromDays(9));
        _table.Add(Revocation.OfTask("over"), TimeSpan.Zero);

        IsRevoked("over").Should().BeFalse();
        _time.Advance(TimeSpan.FromMinutes(1));
        (IsRevoked("short"), IsRevoked("long")).Should().Be((false, true));
        _time.Advance(TimeSpan.FromDays(7));
        IsRevoked("long").Should().BeFalse();
    }

    [Fact]
    public void Add_BeyondTheMost_ForgetsTheOldest()
    {
        for (var i = 0; i < RevocationTable.Most + 10; i++) _table.Add(Revocation.OfTask($"{i}"));

        _table.Count.Should().Be(RevocationTable.Most);
        (IsRevoked("9"), IsRevoked("10"), IsRevoked($"{RevocationTable.Most + 9}")).Should().Be((false, true, true));
    }

    [Fact]
    public void Add_TheSameForEver_KeepsOthers()
    {
        _table.Add(Revocation.OfTask("other"));
        for (var i = 0; i < RevocationTable.Most; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            _table.Add(Revocation.OfTask("again"));
        }

        (IsRevoked("other"), IsRevoked("again"), _table.Count).Should().Be((true, true, 2));
    }

    [Fact]
    public void Add_TextsThatNoBrokerCarries_AreRefused()
    {
        _table.Add(Revocation.OfTask(new string('x', 256))).Should().BeFalse();
        _table.Add(Revocation.OfTask("")).Should().BeFalse();
        _table.Add(new Revocation("", "x")).Should().BeFalse();

        _table.Count.Should().Be(0);
    }

    [Fact]
    public void IsRevoked_ByStamp_ComparesNameAndValue()
    {
        _table.Add(new Revocation("tenant", "acme"));
        _table.Add(new Revocation("batch", "7"));

        IsRevoked("tenant", "acme").Should().BeTrue();
        IsRevoked("tenant", "other").Should().BeFalse();
        IsRevoked("owner", "acme").Should().BeFalse();
        IsRevoked("batch", 7L).Should().BeTrue();
        IsRevoked("batch", new List<object?> { 1L, 7L }).Should().BeTrue();
        IsRevoked("batch", null).Should().BeFalse();
        IsRevoked("acme").Should().BeFalse("a stamp's value is no id");
    }

    private bool IsRevoked(string id) => _table.IsRevoked(new TaskMessage { Id = id });

    private bool IsRevoked(string stamp, object? value) =>
        _table.IsRevoked(new TaskMessage { Id = "id", StampedHeaders = [stamp], Stamps = new Dictionary<string, object?> { [stamp] = value } });
}
