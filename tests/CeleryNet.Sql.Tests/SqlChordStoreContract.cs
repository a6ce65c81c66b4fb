using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Results;

namespace CeleryNet.Sql.Tests;

/// <summary>What every store promises that counts chords, and what it leaves in its tables, on each database.</summary>
public abstract class SqlChordStoreContract : ChordStoreContract
{
    /// <summary>URL of the results.</summary>
    protected abstract string Url { get; }

    protected override IResultBackend CreateBackend() => Open(TimeSpan.FromDays(1));

    [SkippableFact]
    public async Task Remove_LeavesNothing()
    {
        await Store.SetSizeAsync(Group, 1, CancellationToken.None).Within();
        await Store.AddMemberAsync(Group, "b", CancellationToken.None).Within();
        await CountAsync("a", 0, "1");
        await CountAsync("b", 0, "1");

        await Store.RemoveAsync(Group, CancellationToken.None).Within();

        (await RowsAsync()).Should().Be(0);
    }

    [SkippableFact]
    public async Task Expired_IsRemovedAndWhatIsNot_Stays()
    {
        await using var brief = Open(TimeSpan.FromMilliseconds(1));
        var other = Guid.NewGuid().ToString();
        await Store.SetSizeAsync(Group, 5, CancellationToken.None).Within();
        await CountAsync("a", 0, "1");
        await brief.SetSizeAsync(other, 5, CancellationToken.None).Within();
        await brief.CountAsync(other, 0, new TaskResult { TaskId = "a", State = TaskStates.Success, Value = "1"u8.ToArray() }, "run", 0, CancellationToken.None).Within();
        await brief.SaveGroupAsync(other, "[]"u8.ToArray(), CancellationToken.None).Within();

        await Eventually.IsTrueAsync(async () =>
        {
            await brief.ExpireOnceAsync(CancellationToken.None);
            return await RowsAsync(other) == 0;
        });

        (await RowsAsync(Group)).Should().Be(2, "the chord and its one member");
    }

    /// <summary>Asks as a plain client of the database would. Tables are written <c>celerynet.NAME</c>.</summary>
    protected abstract Task<long> ScalarAsync(string sql);

    /// <summary>How many rows the group of the test has.</summary>
    protected Task<long> RowsAsync() => RowsAsync(Group);

    private async Task<long> RowsAsync(string group) =>
        await ScalarAsync($"select count(*) from celerynet.chord where id = '{group}'")
        + await ScalarAsync($"select count(*) from celerynet.chord_member where chord = '{group}'")
        + await ScalarAsync($"select count(*) from celerynet.saved_group where id = '{group}'");

    // Ten seconds, as the tests wait themselves: hundreds of members that end at once are counted one after the other.
    private SqlResultBackend Open(TimeSpan expiry) =>
        new(ConnectionString.ParseAll(Url)[0], new SqlOptions { ResultExpiry = expiry }, new TestServices(new BrokerSettings { PublishTimeout = TimeSpan.FromSeconds(10) }));
}
