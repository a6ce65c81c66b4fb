using System.Buffers;

namespace CeleryNet.Client;

/// <summary>How deep JSON is nested. Knows strings and brackets only, so it takes Python's bare NaN in its stride.</summary>
internal static class JsonDepth
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("[]{}\""u8);

    internal static int Of(ReadOnlySpan<byte> json)
    {
        int depth = 0, deepest = 0;
        while (json.IndexOfAny(Structure) is >= 0 and var at)
        {
            var found = json[at];
            json = json[(at + 1)..];
            if (found == (byte)'"') json = AfterString(json);
            else if (found is (byte)'[' or (byte)'{') deepest = Math.Max(deepest, ++depth);
            else depth--;
        }

        return deepest;
    }

    private static ReadOnlySpan<byte> AfterString(ReadOnlySpan<byte> json)
    {
        while (json.IndexOfAny((byte)'"', (byte)'\\') is >= 0 and var at)
        {
            if (json[at] == (byte)'"') return json[(at + 1)..];
            json = json[Math.Min(at + 2, json.Length)..]; // an escape takes the next byte along
        }

        return default;
    }
}
