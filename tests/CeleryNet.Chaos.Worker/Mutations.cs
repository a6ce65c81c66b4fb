namespace CeleryNet.Chaos.Worker;

/// <summary>Protections that can be switched off from outside, to see that the fault tests notice.</summary>
public static class Mutations
{
    /// <summary>A message is acknowledged when its task has run and before its result is stored.</summary>
    public const string AcknowledgeFirst = "ack_first";

    /// <summary>After the first lost connection or cancelled consumer nothing is delivered any more, although everything looks well.</summary>
    public const string NoReturn = "no_return";

    /// <summary>What shall go back to its queue does not.</summary>
    public const string DropRequeue = "drop_requeue";

    /// <summary>Nothing is parked at the broker; a worker holds what is not due.</summary>
    public const string NoParking = "no_parking";

    /// <summary>Errors of storing results are swallowed.</summary>
    public const string SwallowStore = "swallow_store";

    /// <summary>What the relay of an outbox sends is said to be sent, and is not.</summary>
    public const string ForgetfulRelay = "forgetful_relay";

    /// <summary>The worker prints its addresses as they are.</summary>
    public const string PrintAddress = "print_address";

    /// <summary>Every beat thinks that it leads, and no broker asks.</summary>
    public const string EverybodyLeads = "everybody_leads";
}
