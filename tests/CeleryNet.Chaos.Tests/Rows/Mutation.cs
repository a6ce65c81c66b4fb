using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Worker;
using CeleryNet.Chaos.Worker.Decorators;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>A protection that a row must miss when it is switched off: by options or decorators, from outside the product.</summary>
/// <param name="What">What is switched off.</param>
/// <param name="Expected">How the finding begins that must appear then.</param>
public sealed record Mutation(string What, string Expected)
{
    /// <summary>The message is acknowledged before its task runs, by the product's own option.</summary>
    public static Mutation AcknowledgedEarly { get; } = OfWorkers("AckEarly", "lost", "TaskQueue__Tasks__chaos.record__AckEarly", "true");

    /// <summary>The message is acknowledged after its task ran and before its result is stored.</summary>
    public static Mutation AcknowledgedFirst { get; } = OfWorkers("acknowledged before the result is stored", "results", ChaosSettings.Mutation, Mutations.AcknowledgeFirst);

    /// <summary>A result that cannot be stored is taken for stored.</summary>
    public static Mutation SwallowedStore { get; } = OfWorkers("errors of storing results are swallowed", "results", ChaosSettings.Mutation, Mutations.SwallowStore);

    /// <summary>Running tasks are not let end.</summary>
    public static Mutation NoDrain { get; } = OfWorkers("ShutdownTimeout is zero", "dup", "TaskQueue__Worker__ShutdownTimeout", "00:00:00");

    /// <summary>The consumer stays silent after its first loss.</summary>
    public static Mutation NoReturn { get; } = OfWorkers("the consumer does not come back", "lost", ChaosSettings.Mutation, Mutations.NoReturn);

    /// <summary>The client says of every message that it was taken.</summary>
    public static Mutation SwallowedPublish { get; } = OfClient("errors of publishing are swallowed", "lost", SwallowPublishBroker.AddTo);

    /// <summary>True when rows run to fail.</summary>
    public static bool AreOn => Environment.GetEnvironmentVariable("CELERYNET_CHAOS_MUTATE") is { Length: > 0 };

    /// <summary>Changes what the row needs so that the protection is off.</summary>
    public required Func<Scenery, Scenery> Apply { get; init; }

    /// <summary>A mutation by an environment variable of the workers.</summary>
    public static Mutation OfWorkers(string what, string expected, string name, string value) => new(what, expected)
    {
        Apply = scenery => scenery with { WorkerEnvironment = new Dictionary<string, string>(scenery.WorkerEnvironment) { [name] = value } },
    };

    /// <summary>A mutation by configuration of the client.</summary>
    public static Mutation OfClient(string what, string expected, Action<TaskQueueBuilder> configure) => new(what, expected)
    {
        Apply = scenery => scenery with { Client = scenery.Client + configure },
    };

    /// <summary>A mutation by an option of the broker's URL.</summary>
    public static Mutation OfUrl(string what, string expected, string option) => new(what, expected)
    {
        Apply = scenery => scenery with { BrokerOption = option },
    };
}
