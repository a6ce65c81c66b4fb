using System.Globalization;
using CeleryNet.Benchmarks.Harness;

namespace CeleryNet.Benchmarks.Rivals;

/// <summary>A task queue of another language on Redis, in a process of its own, which tells what its second, warm pass over the work took.</summary>
internal sealed class OtherProgram : IContender
{
    private const string Done = "done ";

    private readonly string _interpreter;
    private readonly string _script;
    private readonly string _role;

    private OtherProgram(string name, string interpreter, string script, string role) => (Name, _interpreter, _script, _role) = ($"{name}, {role}", interpreter, script, role);

    public string Name { get; }

    /// <param name="role"><c>add</c>, <c>bulk</c> or <c>process</c>.</param>
    internal static OtherProgram BullMQ(string role) => new(
        "BullMQ",
        "node",
        Environment.GetEnvironmentVariable("CELERYNET_BENCH_BULLMQ") is { Length: > 0 } script
            ? script
            : throw new InvalidOperationException("CELERYNET_BENCH_BULLMQ is not set. build/bench.sh sets it when npm can install BullMQ, and says so when it cannot."),
        role);

    /// <param name="role"><c>add</c>, <c>bulk</c> or <c>process</c>.</param>
    internal static OtherProgram Sidekiq(string role) => new("Sidekiq", "ruby", Path.Combine(AppContext.BaseDirectory, "sidekiq.rb"), role);

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var program = ChildProcess.Start(Done, _interpreter, [_script, _role, operations.ToString(CultureInfo.InvariantCulture), Servers.Redis]);
        await using (program.ConfigureAwait(false))
        {
            await program.ReadyAsync(deadline).ConfigureAwait(false);
            var told = program.Output.Split('\n').First(line => line.StartsWith(Done, StringComparison.Ordinal)).Split(' ');
            return new Sample(operations, Seconds(told[1])) { ClientCpu = Seconds(told[2]), ServerCpu = Seconds(told[3]) };
        }
    }

    public ValueTask DisposeAsync() => default;

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));
}
