namespace CeleryNet.Contracts.RandomCanvases;

/// <summary>What a task of a random canvas does.</summary>
public enum TaskNodeKind
{
    /// <summary>Returns its label and its argument.</summary>
    Plain,

    /// <summary>Fails.</summary>
    Fails,

    /// <summary>Is retried once, then returns.</summary>
    Retries,

    /// <summary>Has expired when it arrives.</summary>
    Expired,

    /// <summary>Is replaced by a canvas.</summary>
    IsReplaced,
}
