using System.Diagnostics.CodeAnalysis;

namespace CeleryNet;

/// <summary>Root of every exception CeleryNet throws on its own account.</summary>
public class TaskQueueException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">Stable code, one of <see cref="Diagnostics.ErrorCodes"/>; appended to the message in brackets.</param>
    /// <param name="message">What failed, on what, why, what to do next.</param>
    /// <param name="innerException">The cause.</param>
    public TaskQueueException(string code, string message, Exception? innerException = null)
        : base($"{message} [{code}]", innerException)
    {
        Code = code;
        Reason = message;
    }

    /// <summary>Stable code, one of <see cref="Diagnostics.ErrorCodes"/>.</summary>
    public string Code { get; }

    /// <summary>The message without the code, to be built into another one.</summary>
    public string Reason { get; }
}

/// <summary>The configuration is wrong; the message names option, value and allowed range.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "A code is always required.")]
public sealed class TaskQueueConfigurationException : TaskQueueException
{
    /// <summary>Creates the exception.</summary>
    public TaskQueueConfigurationException(string code, string message, Exception? innerException = null) : base(code, message, innerException) { }
}

/// <summary>The broker or result store cannot be reached, or does not answer in time.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "A code is always required.")]
public sealed class BrokerUnavailableException : TaskQueueException
{
    /// <summary>Creates the exception.</summary>
    public BrokerUnavailableException(string code, string message, Exception? innerException = null) : base(code, message, innerException) { }
}

/// <summary>A message or value does not have the form it must have.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "A code is always required.")]
public sealed class MessageFormatException : TaskQueueException
{
    /// <summary>Creates the exception.</summary>
    public MessageFormatException(string code, string message, Exception? innerException = null) : base(code, message, innerException) { }
}
