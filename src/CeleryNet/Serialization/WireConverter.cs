using System.Text.Json;

namespace CeleryNet.Serialization;

/// <summary>Writes and reads one type in Celery's JSON dialect. Stateless and thread-safe.</summary>
/// <typeparam name="T">The type in C#.</typeparam>
public abstract class WireConverter<T>
{
    /// <summary>Writes the value.</summary>
    /// <exception cref="MessageFormatException">The value cannot be written.</exception>
    public abstract void Write(Utf8JsonWriter writer, T value, WireOptions options);

    /// <summary>Reads the value on whose first token the reader stands, and leaves it on the last one.</summary>
    /// <exception cref="MessageFormatException">The JSON is of another type; the message says what was expected.</exception>
    public abstract T Read(ref Utf8JsonReader reader, WireOptions options);
}
