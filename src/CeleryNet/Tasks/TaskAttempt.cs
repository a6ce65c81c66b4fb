namespace CeleryNet;

/// <summary>An attempt of a task that failed and was retried.</summary>
/// <param name="Retries">How often it had been retried when this attempt ran; 0 for the first.</param>
/// <param name="ErrorType">Type of its error, as the result store shows it.</param>
/// <param name="ErrorMessage">Text of its error, at most 500 characters.</param>
/// <param name="FailedAt">When it failed.</param>
public sealed record TaskAttempt(int Retries, string ErrorType, string ErrorMessage, DateTimeOffset FailedAt);
