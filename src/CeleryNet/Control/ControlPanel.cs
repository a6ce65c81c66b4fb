namespace CeleryNet.Control;

/// <summary>What one worker can be told.</summary>
/// <param name="NodeName">The worker's node name.</param>
/// <param name="Commands">Its commands.</param>
/// <param name="Disabled">Names of those that are switched off.</param>
internal sealed record ControlPanel(string NodeName, IReadOnlyList<IControlCommand> Commands, IReadOnlySet<string> Disabled);
