using CeleryNet.Serialization;

namespace CeleryNet.Signatures;

/// <summary>Shows a signature for people.</summary>
internal static class SignatureText
{
    private static readonly WireOptions Plain = new();

    internal static string Of(Signature signature)
    {
        try
        {
            return new SignatureCompiler(Plain).Compile(signature).ToString();
        }
        catch (MessageFormatException)
        {
            return $"{signature.Name}(…)"; // a type of the user's own, whose metadata only the client has
        }
    }
}
