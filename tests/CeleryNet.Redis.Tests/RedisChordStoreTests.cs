using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Results;

namespace CeleryNet.Redis.Tests;

/// <summary>The promises of every store that counts chords, kept on a real Redis in both of Celery's forms, and shared with Celery's own code.</summary>
public abstract class RedisChordStoreTests(bool isOrdered) : ChordStoreContract
{
    /// <summary>Celery's default.</summary>
    public sealed class InSortedSet() : RedisChordStoreTests(true)
    {
        [SkippableFact]
        public async Task Count_MemberThatRanTwiceInPythonWithOtherResults_CountsOnceAndIsRepaired()
        {
            await Store.SetSizeAsync(Group, 3, CancellationToken.None).Within();
            await ReturnInPythonAsync(("a", 0, "1"), ("a", 0, "2"));
            await using var redis = await TestRedis.ConnectAsync();

            var early = await CountAsync("b", 1, "3");
            var left = await redis.Database.SortedSetLengthAsync(Key(".j"));
            var parts = await CountAsync("c", 2, "4");

            early.Should().BeNull("two members have ended, one of them twice");
            left.Should().Be(2, "a Python worker waits for the exact number");
            parts!.Select(Json).Should().Equal("1", "3", "4");
        }
    }

    /// <summary>With <c>result_chord_ordered</c> off.</summary>
    public sealed class InList() : RedisChordStoreTests(false)
    {
        protected override bool KeepsOrder => false;
    }

    protected override IResultBackend CreateBackend() => new RedisResultBackend(ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { OrderedChords = isOrdered });

    [SkippableFact]
    public async Task Count_LastMemberOfAChordThatPythonBegan_GetsPythonsParts()
    {
        await SetSizeInPythonAsync(3);
        await ReturnInPythonAsync(("a", 0, "{'x': 'ä', 'n': 1.5}"), ("b", 1, "None"));

        var parts = await CountAsync("c", 2, "3");

        parts!.Select(part => part.TaskId).Should().Equal("a", "b", "c");
        parts!.Select(Json).Should().Equal("{\"x\":\"ä\",\"n\":1.5}", "null", "3");
    }

    [SkippableFact]
    public async Task Count_MemberThatPythonCountedToo_IsOneElement()
    {
        await SetSizeInPythonAsync(2);
        await CountAsync("a", 0, "{\"x\":\"ä\",\"list\":[1,2]}");
        await using var redis = await TestRedis.ConnectAsync();

        if (isOrdered) await ReturnInPythonAsync(("a", 0, "{'x': 'ä', 'list': [1, 2]}")); // in a list Celery itself counts it twice
        await CountAsync("a", 0, "7");

        var length = isOrdered ? await redis.Database.SortedSetLengthAsync(Key(".j")) : await redis.Database.ListLengthAsync(Key(".j"));
        length.Should().Be(1);
    }

    [SkippableFact]
    public async Task Remove_LeavesNothing()
    {
        await Store.SetSizeAsync(Group, 1, CancellationToken.None).Within();
        await Store.AddMemberAsync(Group, "b", CancellationToken.None).Within();
        await CountAsync("a", 0, "1");
        await CountAsync("b", 0, "1");
        await using var redis = await TestRedis.ConnectAsync();

        await Store.RemoveAsync(Group, CancellationToken.None).Within();

        ((string[]?)await redis.ExecuteAsync("KEYS", $"*{Group}*")).Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Keys_VanishByThemselves()
    {
        await Store.SetSizeAsync(Group, 5, CancellationToken.None).Within();
        await Store.AddMemberAsync(Group, "b", CancellationToken.None).Within();
        await CountAsync("a", 0, "1");
        await using var redis = await TestRedis.ConnectAsync();

        foreach (var suffix in new[] { ".j", ".t", ".s", ".a" })
            (await redis.Database.KeyTimeToLiveAsync(Key(suffix))).Should().BeCloseTo(TimeSpan.FromDays(1), TimeSpan.FromMinutes(1), suffix);
    }

    [SkippableFact]
    public async Task GetGroup_ThatPythonSaved_IsItsTuple()
    {
        await RunInPythonAsync($"from celery.result import GroupResult, AsyncResult\nGroupResult('{Group}', [AsyncResult('a', app=app), AsyncResult('b', app=app)], app=app).save()");

        var tuple = await Store.GetGroupAsync(Group, CancellationToken.None).Within();
        await using var redis = await TestRedis.ConnectAsync();
        await redis.Database.KeyDeleteAsync(Key(""));

        Encoding.UTF8.GetString(tuple.Span).Should().Be($"[[\"{Group}\", null], [[[\"a\", null], null], [[\"b\", null], null]]]");
    }

    private string Key(string suffix) => $"celery-taskset-meta-{Group}{suffix}";

    private Task<string> SetSizeInPythonAsync(int size) => RunInPythonAsync($"app.backend.set_chord_size('{Group}', {size})");

    // The chord is not complete by these, so the body is never sent from here.
    private Task<string> ReturnInPythonAsync(params (string Task, int Index, string Value)[] members) => RunInPythonAsync(
        "from celery.app.task import Context\n" + string.Join('\n', members.Select(member =>
            $"app.backend.on_chord_part_return(Context({{'id': '{member.Task}', 'group': '{Group}', 'group_index': {member.Index}, 'chord': {{'task': 'none', 'args': [], 'kwargs': {{}}, 'options': {{}}}}}}), 'SUCCESS', {member.Value})")));

    private Task<string> RunInPythonAsync(string code) =>
        PythonScript.RunAsync(TestServers.Redis, $"app.conf.result_backend_transport_options = {{'result_chord_ordered': {(isOrdered ? "True" : "False")}}}\n{code}");
}
