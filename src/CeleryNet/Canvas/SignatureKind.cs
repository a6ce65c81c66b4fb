namespace CeleryNet.Signatures;

/// <summary>What a signature document stands for: Celery's <c>subtask_type</c>.</summary>
internal enum SignatureKind
{
    /// <summary>One task; also map, starmap and chunks, which are tasks of Celery's own.</summary>
    Task,

    /// <summary>Tasks one after the other.</summary>
    Chain,

    /// <summary>Tasks side by side.</summary>
    Group,

    /// <summary>A group and a body that gets the list of its results.</summary>
    Chord,
}
