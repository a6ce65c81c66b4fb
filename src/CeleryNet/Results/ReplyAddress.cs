namespace CeleryNet.Results;

/// <summary>Where the sender of a task waits for its result; only the rpc backend uses it.</summary>
/// <param name="ReplyTo">Property <c>reply_to</c> of the task's message; empty or <c>null</c> when no reply is wanted.</param>
/// <param name="CorrelationId">Property <c>correlation_id</c>; <c>null</c> means the task id.</param>
public readonly record struct ReplyAddress(string? ReplyTo, string? CorrelationId);
