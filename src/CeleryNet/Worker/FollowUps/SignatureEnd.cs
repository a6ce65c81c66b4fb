using CeleryNet.Results;

namespace CeleryNet.Worker.FollowUps;

/// <summary>How a signature ends that will never run.</summary>
/// <param name="State">FAILURE or REVOKED; <c>null</c> stores nothing and tells chords alone, with the error.</param>
/// <param name="Error">The error.</param>
/// <param name="Traceback">Where it came from.</param>
internal readonly record struct SignatureEnd(string? State, RemoteError Error, string? Traceback);
