namespace CeleryNet.Hosting;

/// <summary>A change of the beat's options by code; several <c>AddBeat</c> calls add up to one beat.</summary>
internal sealed record BeatOptionsChange(Action<BeatOptions> Apply);
