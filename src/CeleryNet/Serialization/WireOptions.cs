using System.Text.Json.Serialization.Metadata;

namespace CeleryNet.Serialization;

/// <summary>How values become bytes.</summary>
public sealed record WireOptions
{
    /// <summary>Metadata of the user's own types, from a <c>JsonSerializerContext</c>; <c>null</c> when there are none.</summary>
    public IJsonTypeInfoResolver? JsonTypes { get; init; }

    /// <summary>
    /// True writes dates, uuids, decimals and bytes in kombu's typed envelopes, which only Celery 5.3 and later reads. Default false: plain text, read by every version.
    /// Both are always read.
    /// </summary>
    public bool WriteTypedValues { get; init; }

    /// <summary>The largest message body, as it travels. Default 16 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The largest body after decompression. Default 64 MiB.</summary>
    public int MaxDecompressedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The largest ratio of a body after and before decompression. Default 100. Bodies under 64 KiB are not judged by it.</summary>
    public int MaxCompressionRatio { get; init; } = 100;

    /// <summary>The deepest nesting of JSON. Default 64.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>The largest sum of header names and values. Default 64 KiB.</summary>
    public int MaxHeaderBytes { get; init; } = 64 * 1024;
}
