namespace CeleryNet.Sql.Databases;

/// <summary>What an error of the database means for whoever asked.</summary>
/// <param name="Reason">Why, in words for people who do not know the driver.</param>
/// <param name="IsTransient">True when the same may succeed a little later.</param>
/// <param name="MayBeDone">True when the transaction may have been committed all the same.</param>
internal sealed record SqlFault(string Reason, bool IsTransient, bool MayBeDone = false)
{
    /// <summary>True when nothing was answered: what was answered before tells more.</summary>
    internal bool IsSilence { get; init; }

    /// <summary>What to do next, a sentence without its period.</summary>
    internal string Advice { get; init; } = "Check the database and its address";
}
