using System.Text.Json;
using CeleryNet.Serialization;

namespace CeleryNet.Results;

/// <summary>Shows the arguments of a remote error as Python's <c>str(exception)</c> would.</summary>
internal static class RemoteErrorText
{
    internal static string Read(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return "";
        try
        {
            return Parse(json);
        }
        catch (Exception error) when (JsonDialect.IsUnreadable(error))
        {
            return PythonRepr.Of(json); // a lone surrogate, or bare NaN: the list as it is
        }
    }

    private static string Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 256 });
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return reader.GetString() ?? "";
        if (reader.TokenType != JsonTokenType.StartArray) return PythonRepr.Of(json);

        if (!reader.Read() || reader.TokenType == JsonTokenType.EndArray) return "";
        var start = (int)reader.TokenStartIndex;
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        reader.Skip();
        var end = (int)reader.BytesConsumed;
        var isOnly = reader.Read() && reader.TokenType == JsonTokenType.EndArray;
        return isOnly ? text ?? PythonRepr.Of(json[start..end]) : PythonRepr.OfTuple(json);
    }
}
