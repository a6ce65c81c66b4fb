namespace CeleryNet.Brokers;

/// <summary>What a store says when it is asked for permits.</summary>
/// <param name="Refused">Position of the first permit that is not to be had; <c>null</c> when all were granted.</param>
/// <param name="Wait">When that one is granted at the earliest, from now; <c>null</c> when nobody knows, since it depends on who holds it.</param>
public readonly record struct PermitAnswer(int? Refused, TimeSpan? Wait)
{
    /// <summary>All were granted.</summary>
    public static PermitAnswer Granted => default;

    /// <summary>True when all were granted.</summary>
    public bool IsGranted => Refused is null;
}
