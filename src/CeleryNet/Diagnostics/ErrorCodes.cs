namespace CeleryNet.Diagnostics;

/// <summary>Stable codes of errors, shown in brackets at the end of a message. Never reused.</summary>
public static class ErrorCodes
{
    /// <summary>The configuration is not valid.</summary>
    public const string InvalidConfiguration = "CN1001";

    /// <summary>No package serves the scheme of a connection string.</summary>
    public const string UnknownScheme = "CN1002";

    /// <summary>No generated task registry exists.</summary>
    public const string NoTaskRegistry = "CN1003";

    /// <summary>Two tasks have the same wire name.</summary>
    public const string DuplicateTask = "CN1004";

    /// <summary>A message was not taken by the broker.</summary>
    public const string PublishFailed = "CN1005";

    /// <summary>A message is larger than the limit.</summary>
    public const string MessageTooLarge = "CN1006";

    /// <summary>No route or queue fits the call.</summary>
    public const string NoRoute = "CN1007";

    /// <summary>A call has options that no worker could carry out.</summary>
    public const string InvalidCall = "CN1008";

    /// <summary>The broker does not have the power that a call needs.</summary>
    public const string NotSupported = "CN1009";

    /// <summary>A canvas cannot be sent as it is.</summary>
    public const string InvalidCanvas = "CN1010";

    /// <summary>A duplicate of a unique task was dropped, so that there is nothing to wait for.</summary>
    public const string DuplicateDropped = "CN1020";

    /// <summary>A queue holds more messages than the caller of a purge expected to lose.</summary>
    public const string PurgeRefused = "CN1021";

    /// <summary>A received message cannot be understood.</summary>
    public const string BadMessage = "CN2001";

    /// <summary>The arguments of a task do not fit its parameters.</summary>
    public const string BadArguments = "CN2002";

    /// <summary>A value cannot be written or read.</summary>
    public const string BadValue = "CN2003";

    /// <summary>No handler is registered for a task.</summary>
    public const string TaskNotRegistered = "CN2004";

    /// <summary>A task reported a state that only the worker stores.</summary>
    public const string ReservedState = "CN2006";

    /// <summary>A filter did not do what a filter must.</summary>
    public const string FilterFault = "CN2007";

    /// <summary>The broker cannot be reached.</summary>
    public const string BrokerUnavailable = "CN3001";

    /// <summary>A queue or exchange exists with other properties.</summary>
    public const string DeclarationMismatch = "CN3002";

    /// <summary>The broker closed the channel.</summary>
    public const string ChannelClosed = "CN3007";

    /// <summary>A result did not arrive in time.</summary>
    public const string ResultTimeout = "CN4001";

    /// <summary>Results are disabled.</summary>
    public const string ResultsDisabled = "CN4002";

    /// <summary>The result store cannot be reached.</summary>
    public const string ResultsUnavailable = "CN4003";

    /// <summary>The task failed in the worker.</summary>
    public const string TaskFailed = "CN4004";

    /// <summary>The task was revoked or expired.</summary>
    public const string TaskRevoked = "CN4005";

    /// <summary>The schedule store cannot be used.</summary>
    public const string ScheduleUnavailable = "CN5001";

    /// <summary>The broker carries no remote control.</summary>
    public const string NoControl = "CN6001";

    /// <summary>Work did not end in a test.</summary>
    public const string NotDrained = "CN9001";
}
