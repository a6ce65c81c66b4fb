using CeleryNet.Brokers;

namespace CeleryNet.RabbitMQ.Topology;

/// <summary>The arguments of a declaration as the client writes them.</summary>
internal static class QueueArguments
{
    private const string TypeArgument = "x-queue-type";
    private const string Quorum = "quorum";

    internal static bool IsQuorum(QueueDefinition queue) => queue.Arguments.TryGetValue(TypeArgument, out var type) && type is Quorum;

    // 32 bits where they suffice, as Python's client writes numbers.
    internal static Dictionary<string, object?>? Of(QueueDefinition queue) => queue.Arguments.Count == 0
        ? null
        : queue.Arguments.ToDictionary(argument => argument.Key, argument => argument.Value is long number and >= int.MinValue and <= int.MaxValue ? (int)number : argument.Value);
}
