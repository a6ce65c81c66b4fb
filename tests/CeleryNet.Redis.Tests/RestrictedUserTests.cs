using System.Text.RegularExpressions;
using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Redis.Tests;

/// <summary>A user who has no more than the rights that the guide to deploying names can do everything.</summary>
public sealed partial class RestrictedUserTests : WorkerSuite
{
    private RedisServer? _server;
    private string _url = "";

    protected override void Use(TaskQueueBuilder queue) => queue.UseRedis(_url).UseRedisResults(_url);

    [SkippableFact]
    public async Task User_WithTheRightsOfTheGuide_CanDoAll()
    {
        await StartServerAsync();

        var host = await StartAsync(
            worker => worker.SendTaskEvents = true,
            DelegateHandler.Returning("work", _ => Task.FromResult("done")),
            DelegateHandler.Ending("reject", _ => TaskOutcome.Reject(reason: "bad")));

        (await (await host.Client.EnqueueByNameAsync<string>("work")).GetAsync(Deadline.Usual)).Should().Be("done");
        await host.Client.EnqueueByNameAsync("work", configure: options => options.Countdown = TimeSpan.FromHours(1));
        await host.Client.EnqueueByNameAsync("reject");
        await Eventually.IsTrueAsync(async () => await host.DeadLetters.CountAsync(Queue) == 1);
        await host.Queues.PauseAsync(Queue);
        await host.Queues.ResumeAsync(Queue);
        (await host.Inspector.PingAsync()).Should().ContainSingle();
        await using var administrator = await TestRedis.ConnectAsync(_server!.Url);
        await Eventually.IsTrueAsync(administrator.IsWatchedAsync);
    }

    [SkippableFact]
    public async Task User_WithAWrongPassword_IsRefusedWithoutShowingIt()
    {
        await StartServerAsync();
        await using var broker = new RedisBroker(ConnectionString.ParseAll(_url.Replace("secret@", "s3same@", StringComparison.Ordinal)), new RedisOptions { ConnectTimeout = TimeSpan.FromSeconds(1) });

        var ping = async () => await broker.PingAsync(CancellationToken.None).Within();

        (await ping.Should().ThrowAsync<BrokerUnavailableException>()).WithMessage("*://app:???@*password*").Which.Message.Should().NotContain("s3same");
    }

    private async Task StartServerAsync()
    {
        _server = Own(await RedisServer.StartAsync());
        await using var administrator = await TestRedis.ConnectAsync(_server.Url);
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository(), "samples", "guides", "deploying.md"));
        await administrator.ExecuteAsync("ACL", [.. Rights().Match(guide).Groups[1].Value.Split(' ')]);
        _url = _server.Url.Replace("redis://", "redis://app:secret@", StringComparison.Ordinal);
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CeleryNet.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The repository was not found above the test's folder.");
    }

    [GeneratedRegex(@"^ *ACL (SETUSER .*)$", RegexOptions.Multiline)]
    private static partial Regex Rights();
}
