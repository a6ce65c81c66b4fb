using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

/// <summary>Compression of bodies.</summary>
public sealed class BodyCompressionTests
{
    [Theory]
    [InlineData(BodyCompression.Zlib, 0)]
    [InlineData(BodyCompression.Zlib, 1)]
    [InlineData(BodyCompression.Zlib, 300_000)]
    [InlineData(BodyCompression.Brotli, 1)]
    [InlineData(BodyCompression.Brotli, 300_000)]
    public void Decompress_OfWhatWasCompressed_GivesItBack(string contentType, int length)
    {
        var body = new byte[length];
        new Random(17).NextBytes(body); // what repeats would be over the ratio

        BodyCompression.Decompress(BodyCompression.Compress(body, contentType), contentType, new WireOptions()).Should().Equal(body);
    }

    [Theory]
    [InlineData(BodyCompression.Zlib)]
    [InlineData(BodyCompression.Brotli)]
    public void Decompress_BodyOverTheLimit_IsRefusedWithoutMemoryForIt(string contentType)
    {
        var bomb = BodyCompression.Compress(new byte[80 * 1024 * 1024], contentType);
        var options = new WireOptions { MaxCompressionRatio = int.MaxValue };
        Decompress(); // what is made once, such as pooled buffers

        var before = GC.GetAllocatedBytesForCurrentThread();
        Decompress();

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1024 * 1024);

        void Decompress() => FluentActions.Invoking(() => BodyCompression.Decompress(bomb, contentType, options)).Should().Throw<MessageFormatException>();
    }
}
