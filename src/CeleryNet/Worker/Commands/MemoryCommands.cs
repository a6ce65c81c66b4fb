using System.Globalization;
using System.Text;
using CeleryNet.Control;

namespace CeleryNet.Worker.Commands;

/// <summary>Questions about memory: <c>memsample</c>, <c>memdump</c>; <c>objgraph</c> needs a Python library and has no like here.</summary>
internal static class MemoryCommands
{
    private const int MostSamples = 1000;
    private const int DefaultSamples = 10;

    private static readonly (double Size, string Unit)[] Units = [(Math.Pow(2, 40), "TB"), (Math.Pow(2, 30), "GB"), (Math.Pow(2, 20), "MB"), (1024, "KB")];

    internal static IEnumerable<IControlCommand> Of(CommandServices services)
    {
        var samples = new List<string>(); // commands run one after the other
        yield return new ShortCommand("memsample", (_, reply) =>
        {
            var sample = Human(Environment.WorkingSet);
            if (samples.Count == MostSamples) samples.RemoveAt(0);
            samples.Add(sample);
            reply.WriteStringValue(sample);
        });
        yield return new ShortCommand("memdump", (arguments, reply) =>
        {
            var text = new StringBuilder();
            var shown = Math.Clamp(CommandArguments.Integer(arguments, "samples") ?? DefaultSamples, 0, MostSamples);
            if (samples.Count > 0) text.Append("- rss (sample):\n");
            foreach (var sample in samples.TakeLast(shown)) text.Append(CultureInfo.InvariantCulture, $"-    > {sample},\n");
            samples.Clear();
            reply.WriteStringValue(text.Append(CultureInfo.InvariantCulture, $"- rss (end): {Human(Environment.WorkingSet)}.\n").ToString());
        });
        yield return new ShortCommand("objgraph", static (_, _) => throw new CommandException("NotImplementedError", "objgraph draws objects of Python; this worker is a .NET process"));
    }

    // Five digits, as Celery shows it: 45.836MB.
    private static string Human(long bytes)
    {
        foreach (var (size, unit) in Units)
        {
            if (bytes >= size) return (bytes / size).ToString("G5", CultureInfo.InvariantCulture) + unit;
        }

        return bytes.ToString(CultureInfo.InvariantCulture) + "b";
    }
}
