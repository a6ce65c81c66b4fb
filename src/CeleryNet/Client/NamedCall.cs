using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Client;

/// <summary>Signatures of tasks known by name only.</summary>
internal static class NamedCall
{
    internal static Signature Of(string name, IReadOnlyList<object?>? args, IReadOnlyDictionary<string, object?>? kwargs, Action<CallOptions>? configure) =>
        new(Definition(name), Arguments(args, kwargs), Options(configure));

    internal static Signature<T> Of<T>(
        string name, IReadOnlyList<object?>? args, IReadOnlyDictionary<string, object?>? kwargs, Action<CallOptions>? configure, WireConverter<T> result) =>
        new(Definition(name), Arguments(args, kwargs), result, Options(configure));

    // The definition refuses an empty name too, but as a programming error of the generator.
    private static TaskDefinition Definition(string name)
    {
        CallChecks.Name(name);
        return new TaskDefinition(name);
    }

    private static TaskArguments Arguments(IReadOnlyList<object?>? args, IReadOnlyDictionary<string, object?>? kwargs) =>
        args is null && kwargs is null ? TaskArguments.None : new UntypedArguments(args, kwargs);

    private static CallOptions? Options(Action<CallOptions>? configure)
    {
        if (configure is null) return null;
        var options = new CallOptions();
        configure(options);
        return options;
    }
}
