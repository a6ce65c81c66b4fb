using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Signatures;

/// <summary>Makes Celery's map and starmap of calls.</summary>
internal static class MapBuilder
{
    internal static Signature<IReadOnlyList<T>> Map<T>(IEnumerable<Signature<T>> calls, string task)
    {
        ArgumentNullException.ThrowIfNull(calls);
        Signature<T>[] all = [.. calls];
        if (all.Length == 0) throw new ArgumentException("There is nothing to call.", nameof(calls));
        foreach (var call in all)
        {
            ArgumentNullException.ThrowIfNull(call, nameof(calls));
            if (call.Name != all[0].Name || call.Part is not null) throw new ArgumentException($"All calls are plain calls of one task, here '{all[0].Name}'; '{call.Name}' is another.", nameof(calls));
        }

        // Sent to where the task itself would be, as Celery's route_name does.
        var definition = new TaskDefinition(task, new TaskPolicy { Queue = all[0].Definition.Policy.Queue });
        var result = WireConverters.NotNull(WireConverters.IReadOnlyList(all[0].Result));
        return new Signature<IReadOnlyList<T>>(definition, new MapArguments(all, task == "celery.map"), result) { Part = CanvasPart.Plain with { IsImmutable = true } };
    }

    private sealed class MapArguments(IReadOnlyList<Signature> calls, bool takesOne) : TaskArguments
    {
        public override void WritePositional(ArgumentWriter writer) { }

        public override void WriteKeyword(ArgumentWriter writer)
        {
            writer.Keyword("task", new SignatureDocument { Task = calls[0].Name }, RawConverter.Of(static (document, _) => document.ToBytes()));
            writer.Keyword("it", (calls, takesOne), RawConverter.Of<(IReadOnlyList<Signature> Calls, bool TakesOne)>(static (state, options) => Items(state.Calls, state.TakesOne, options)));
        }

        private static byte[] Items(IReadOnlyList<Signature> calls, bool takesOne, WireOptions options) => JsonParts.Join(calls.Select(call =>
        {
            var document = SignatureDocument.Of(call, options);
            if (!takesOne) return document.Arguments;
            var arguments = JsonParts.Split(document.Arguments);
            return arguments.Count == 1 ? arguments[0] : throw new MessageFormatException(Diagnostics.ErrorCodes.InvalidCanvas, $"A map calls a task with one argument, and {call} has {arguments.Count}. Use Starmap.");
        })).ToArray();
    }
}
