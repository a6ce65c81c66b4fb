using System.Text.Json;
using CeleryNet.Serialization;

namespace CeleryNet.Signatures;

/// <summary>Writes values that make their JSON themselves. Reads none.</summary>
internal static class RawConverter
{
    internal static WireConverter<T> Of<T>(Func<T, WireOptions, byte[]> write) => new WritingConverter<T>(write);

    internal static WireConverter<SignatureDocument> Of(Func<SignatureDocument, WireOptions, byte[]> write) => new WritingConverter<SignatureDocument>(write);

    private sealed class WritingConverter<T>(Func<T, WireOptions, byte[]> write) : WireConverter<T>
    {
        public override void Write(Utf8JsonWriter writer, T value, WireOptions options) => writer.WriteRawValue(write(value, options), skipInputValidation: true);

        public override T Read(ref Utf8JsonReader reader, WireOptions options) => throw new NotSupportedException("Written only.");
    }
}
