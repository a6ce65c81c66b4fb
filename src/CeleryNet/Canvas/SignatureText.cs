using System.Text;
using CeleryNet.Serialization;

namespace CeleryNet.Canvas;

/// <summary>Shows a signature for people.</summary>
internal static class SignatureText
{
    private static readonly WireOptions Plain = new();

    internal static string Of(Signature signature)
    {
        using var buffer = WireBuffer.Rent();
        try
        {
            buffer.Json.WriteStartArray();
            signature.Arguments.WritePositional(new ArgumentWriter(buffer.Json, Plain));
            buffer.Json.WriteEndArray();
            buffer.Flush();
        }
        catch (MessageFormatException)
        {
            return $"{signature.Name}(…)"; // a type of the user's own, whose metadata only the client has
        }

        var tuple = new StringBuilder(PythonRepr.OfTuple(buffer.Span));
        if (tuple.Length > 2 && tuple[^2] == ',') tuple.Remove(tuple.Length - 2, 1); // (1,) is a tuple, f(1) a call
        return $"{signature.Name}{tuple}";
    }
}
