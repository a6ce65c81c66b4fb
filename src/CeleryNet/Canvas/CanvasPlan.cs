namespace CeleryNet.Signatures;

/// <summary>What has to be done to send a canvas: sizes of chords first, then the tasks in this order.</summary>
internal sealed class CanvasPlan
{
    /// <summary>Tasks that are sent now, complete with ids, arguments, and what follows them in their options.</summary>
    internal List<SignatureDocument> Tasks { get; } = [];

    /// <summary>Chords whose headers are sent now.</summary>
    internal List<(string GroupId, int Size)> Chords { get; } = [];

    /// <summary>Where the result will be.</summary>
    internal ResultNode Result { get; set; } = null!; // set by the planner that makes the plan
}
