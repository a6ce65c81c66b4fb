using System.Text.RegularExpressions;
using CeleryNet.Diagnostics;

namespace CeleryNet.Client;

/// <summary>One rule of <see cref="TaskRoutes"/>: either names that fit and their target, or a function.</summary>
/// <param name="Description">For error messages.</param>
/// <param name="Target">Target of the names that fit.</param>
/// <param name="Fits">Which names fit.</param>
/// <param name="Choose">The function.</param>
internal sealed record RouteRule(string Description, RouteTarget? Target, Func<string, bool>? Fits, Func<RouteCall, RouteTarget?>? Choose)
{
    /// <summary>False when the answer may differ from call to call.</summary>
    internal bool DependsOnNameOnly => Choose is null;

    internal RouteTarget? Find(Signature signature)
    {
        if (Choose is not null) return Choose(new RouteCall(signature));
        try
        {
            return Fits!(signature.Name) ? Target : null; // set whenever Choose is not
        }
        catch (RegexMatchTimeoutException error)
        {
            throw CallError.Route(signature.Name, $"the route {Description} takes longer than {error.MatchTimeout.TotalMilliseconds} ms for this name; write a simpler pattern", error);
        }
    }
}
