namespace CeleryNet.Redis.Publishing;

/// <summary>Why messages were not taken.</summary>
/// <param name="MayHaveBeenTaken">True when they were written but not answered.</param>
/// <param name="Reason">For people.</param>
/// <param name="Cause">What the client library said.</param>
internal sealed record PushFailure(bool MayHaveBeenTaken, string Reason, Exception? Cause);
