using System.Diagnostics;

namespace CeleryNet.RabbitMQ.Tests;

/// <summary>A RabbitMQ of the test's own, for what would disturb others on the shared one. Calls <c>build/servers.sh</c>.</summary>
internal sealed class OwnServer : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"celerynet-rabbitmq-{Guid.NewGuid():n}");

    private OwnServer() { }

    internal string Url { get; private set; } = "";

    internal static async Task<OwnServer> StartAsync()
    {
        _ = Contracts.TestServers.RabbitMQ; // where no server is there, none is started either
        var server = new OwnServer();
        try
        {
            server.Url = await server.RunAsync("start");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs <c>rabbitmqctl</c>.</summary>
    internal Task<string> ControlAsync(params string[] arguments) => RunAsync("ctl", arguments);

    /// <summary>Kills it and starts it again with its data; its address stays.</summary>
    internal async Task RestartAsync()
    {
        await RunAsync("kill");
        await RunAsync("start");
    }

    public async ValueTask DisposeAsync() => await RunAsync("remove");

    private async Task<string> RunAsync(string action, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [Script(), "rabbitmq", action, _folder, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"servers.sh rabbitmq {action} failed: {await errors}");
    }

    /// <summary>The folder of the repository.</summary>
    internal static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CeleryNet.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The repository was not found above the test's folder.");
    }

    private static string Script() =>
        Environment.GetEnvironmentVariable("CELERYNET_TEST_SERVERS") is { Length: > 0 } path ? path : Path.Combine(Repository(), "build", "servers.sh");
}
