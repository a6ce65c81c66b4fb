namespace CeleryNet.Sql.Pickling;

/// <summary>A <c>uuid.UUID</c>, which a pickle makes empty and then fills.</summary>
internal sealed class PickleUuid
{
    /// <summary>Its text; <c>null</c> while it is empty.</summary>
    internal string? Text { get; set; }
}
