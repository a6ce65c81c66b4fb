using System.Text;
using System.Text.Json;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Signatures;

/// <summary>Signatures as arguments and results of tasks, in Celery's JSON form.</summary>
internal sealed class SignatureConverter : WireConverter<Signature?>
{
    internal static Signature Of(SignatureDocument document) => new(new TaskDefinition(document.Task), TaskArguments.None) { Part = CanvasPart.Plain with { Kind = document.Kind, Document = document } };

    public override void Write(Utf8JsonWriter writer, Signature? value, WireOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value is null) writer.WriteNullValue();
        else writer.WriteRawValue(new SignatureCompiler(options).Compile(value).ToBytes(), skipInputValidation: true);
    }

    public override Signature? Read(ref Utf8JsonReader reader, WireOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        using var json = JsonDocument.ParseValue(ref reader);
        return Of(SignatureDocument.Read(Encoding.UTF8.GetBytes(json.RootElement.GetRawText())));
    }
}
