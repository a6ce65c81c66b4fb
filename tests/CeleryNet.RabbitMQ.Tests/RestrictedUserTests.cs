using System.Text.RegularExpressions;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests;

/// <summary>A user who has no more than the permissions that the guide to deploying names can do everything.</summary>
public sealed partial class RestrictedUserTests : WorkerSuite
{
    private OwnServer? _server;
    private string _url = "";

    protected override void Use(TaskQueueBuilder queue) => queue.UseRabbitMQ(_url).UseRpcResults();

    [SkippableFact]
    public async Task User_WithTheNamesOfTheGuide_CanDoAll()
    {
        _server = await OwnServer.StartAsync();
        var names = await PermissionsAsync();
        await _server.ControlAsync("add_vhost", "shop");
        await _server.ControlAsync("add_user", "app", "secret");
        await _server.ControlAsync("set_permissions", "-p", "shop", "app", names, names, names);
        _url = _server.Url.Replace("guest:guest@", "app:secret@", StringComparison.Ordinal) + "shop";

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
    }

    protected override async Task CleanUpAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    // The guide's user has tasks in the queue 'images'.
    private static async Task<string> PermissionsAsync()
    {
        var guide = await File.ReadAllTextAsync(Path.Combine(OwnServer.Repository(), "samples", "guides", "deploying.md"));
        return Names().Match(guide).Value.Trim().Replace("images", "tests-", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^ *\^\(images\|.*$", RegexOptions.Multiline)]
    private static partial Regex Names();
}
