using CeleryNet.Serialization;

namespace CeleryNet.Tasks;

/// <summary>Arguments of a call by name, written by their run-time types.</summary>
internal sealed class UntypedArguments(IReadOnlyList<object?>? positional, IReadOnlyDictionary<string, object?>? keyword) : TaskArguments
{
    public override void WritePositional(ArgumentWriter writer)
    {
        if (positional is null) return;
        for (var i = 0; i < positional.Count; i++) writer.Positional(positional[i], WireConverters.Any);
    }

    public override void WriteKeyword(ArgumentWriter writer)
    {
        if (keyword is null) return;
        foreach (var (name, value) in keyword) writer.Keyword(name, value, WireConverters.Any);
    }
}
