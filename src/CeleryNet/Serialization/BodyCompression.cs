using System.Buffers;
using System.IO.Compression;
using System.Runtime.InteropServices;
using CeleryNet.Diagnostics;

namespace CeleryNet.Serialization;

/// <summary>Compression of message bodies by the names of Celery. Celery protocol, content, compression.</summary>
public static class BodyCompression
{
    /// <summary>Content type of <c>zlib</c> and <c>gzip</c>, which are the same in Celery: the zlib format of RFC 1950, not gzip.</summary>
    public const string Zlib = "application/x-gzip";

    /// <summary>Content type of <c>brotli</c>.</summary>
    public const string Brotli = "application/x-brotli";

    // Small bodies may compress a thousandfold without harm.
    private const int SmallBytes = 64 * 1024;
    private const int ChunkBytes = 16 * 1024;

    /// <summary>The content type of a name such as <c>zlib</c>, <c>gzip</c> or <c>brotli</c>, or of a content type itself.</summary>
    /// <exception cref="TaskQueueConfigurationException">The name is unknown.</exception>
    public static string ContentTypeOf(string name) => name switch
    {
        "zlib" or "gzip" or Zlib => Zlib,
        "brotli" or Brotli => Brotli,
        _ => throw new TaskQueueConfigurationException(ErrorCodes.InvalidConfiguration, $"Compression '{name}' is unknown. Known are zlib, gzip (the same as zlib in Celery) and brotli."),
    };

    /// <summary>Compresses a body.</summary>
    /// <param name="body">The serialized body.</param>
    /// <param name="contentType"><see cref="Zlib"/> or <see cref="Brotli"/>.</param>
    public static byte[] Compress(ReadOnlyMemory<byte> body, string contentType)
    {
        using var output = new MemoryStream();
        using (Stream compressor = contentType == Brotli
            ? new BrotliStream(output, CompressionLevel.Fastest, leaveOpen: true)
            : new ZLibStream(output, CompressionLevel.Optimal, leaveOpen: true))
        {
            compressor.Write(body.Span);
        }

        return output.ToArray();
    }

    /// <summary>Decompresses a body within the limits of <paramref name="options"/>.</summary>
    /// <exception cref="MessageFormatException">The compressor is unknown, the data is damaged, or the result exceeds a limit.</exception>
    public static byte[] Decompress(ReadOnlyMemory<byte> body, string contentType, WireOptions options)
    {
        var limit = Math.Min(options.MaxDecompressedBytes, Math.Max(SmallBytes, (long)body.Length * options.MaxCompressionRatio));
        try
        {
            // The size is found out before memory is taken for it: a body made to burst costs time up to the limit, and no memory.
            var size = Measure(body, contentType, limit);
            var output = new byte[size];
            using var stream = Open(body, contentType);
            stream.ReadExactly(output);
            return output;
        }
        catch (Exception error) when (error is InvalidDataException or IOException or InvalidOperationException)
        {
            throw Bad($"the body cannot be decompressed as {contentType}: {error.Message}");
        }
    }

    private static long Measure(ReadOnlyMemory<byte> body, string contentType, long limit)
    {
        using var stream = Open(body, contentType);
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            var size = 0L;
            int count;
            while ((count = stream.Read(chunk)) > 0)
            {
                size += count;
                if (size > limit) throw Bad($"the body of {body.Length} bytes decompresses to more than {limit} bytes (MaxDecompressedBytes, MaxCompressionRatio)");
            }

            return size > 0 || body.Length == 0 ? size : throw Bad($"the body cannot be decompressed as {contentType}: it is cut short");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static Stream Open(ReadOnlyMemory<byte> body, string contentType)
    {
        var input = MemoryMarshal.TryGetArray(body, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(body.ToArray(), writable: false);
        return contentType switch
        {
            Zlib => new ZLibStream(input, CompressionMode.Decompress),
            Brotli => new BrotliStream(input, CompressionMode.Decompress),
            _ => throw Bad($"the body is compressed as '{Printable.Limit(contentType)}'; supported are {Zlib} and {Brotli}"),
        };
    }

    private static MessageFormatException Bad(string what) => new(ErrorCodes.BadMessage, what);
}
