using CeleryNet.Benchmarks.Harness;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Benchmarks.Tasks;

/// <summary>The task everything is measured with.</summary>
internal static class BenchTasks
{
    internal static Signature<int> AddTask(int x, int y) => new(Definition, new Arguments(x, y), WireConverters.Int32);

    private static readonly TaskDefinition Definition = new(SampleMessages.TaskName);

    private sealed class Arguments(int x, int y) : TaskArguments
    {
        public override void WritePositional(ArgumentWriter writer)
        {
            writer.Positional(x, WireConverters.Int32);
            writer.Positional(y, WireConverters.Int32);
        }
    }
}
