using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Signatures;

internal sealed partial class SignatureDocument
{
    /// <summary>The JSON form of a typed signature.</summary>
    /// <param name="signature">The signature.</param>
    /// <param name="options">How arguments become bytes.</param>
    /// <exception cref="MessageFormatException">An argument cannot be written.</exception>
    internal static SignatureDocument Of(Signature signature, WireOptions options) => new()
    {
        Task = signature.Name,
        Arguments = Positional(signature.Arguments, options),
        Keywords = Keyword(signature.Arguments, options),
    };

    private static ReadOnlyMemory<byte> Positional(TaskArguments arguments, WireOptions options)
    {
        using var buffer = WireBuffer.Rent();
        buffer.Json.WriteStartArray();
        arguments.WritePositional(new ArgumentWriter(buffer.Json, options));
        buffer.Json.WriteEndArray();
        buffer.Flush();
        return buffer.Span.ToArray();
    }

    private static ReadOnlyMemory<byte> Keyword(TaskArguments arguments, WireOptions options)
    {
        using var buffer = WireBuffer.Rent();
        buffer.Json.WriteStartObject();
        arguments.WriteKeyword(new ArgumentWriter(buffer.Json, options));
        buffer.Json.WriteEndObject();
        buffer.Flush();
        return buffer.Count == 2 ? JsonParts.EmptyObject : buffer.Span.ToArray();
    }
}
