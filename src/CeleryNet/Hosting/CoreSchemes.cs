using CeleryNet.Results;

namespace CeleryNet.Hosting;

/// <summary>The schemes the core itself serves.</summary>
internal static class CoreSchemes
{
    internal static void Add() => ResultSchemes.Add<DisabledResultFactory>("disabled");
}
