namespace CeleryNet;

/// <summary>What one worker replied to a question.</summary>
/// <typeparam name="T">What it was asked for.</typeparam>
/// <param name="Value">What it said; its type's default where <see cref="Error"/> is set.</param>
/// <param name="Error">Why there is no value: the worker's own words, or what could not be understood of its reply; <c>null</c> when there is one.</param>
public readonly record struct WorkerReply<T>(T? Value, string? Error);
