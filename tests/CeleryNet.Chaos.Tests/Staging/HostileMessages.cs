using System.IO.Compression;
using System.Text;

namespace CeleryNet.Chaos.Tests.Staging;

/// <summary>Messages that were made to hurt whoever reads them.</summary>
internal static class HostileMessages
{
    private const string Zlib = "application/x-gzip"; // Celery's name for it

    /// <summary>All of them.</summary>
    internal static IReadOnlyList<StrangeMessage> All { get; } =
    [
        new("bomb of zlib") { Body = Bomb(), Headers = Header("compression", Zlib) },
        new("bomb of brotli") { Body = BrotliBomb(), Headers = Header("compression", "application/x-brotli") },
        new("bomb of zstd") { Body = [0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x00], Headers = Header("compression", "application/zstd") },
        new("JSON 100 000 levels deep") { Body = Text($"[[{new string('[', 100_000)}{new string(']', 100_000)}, 1], {{}}, {{}}]") },
        new("JSON 100 000 levels deep in keywords") { Body = Text($"[[\"hostile\", 1], {{\"x\": {Repeat("{\"a\":", 100_000)}1{new string('}', 100_000)}}}, {{}}]") },
        new("a million equal keys") { Body = Text($"[[], {{{Repeat("\"key\":\"x\",", 1_000_000)}\"key\":\"hostile\", \"other\": 1}}, {{}}]") },
        new("an integer of a million digits") { Body = Text($"[[\"hostile\", {new string('9', 1_000_000)}], {{}}, {{}}]") },
        new("not UTF-8") { Body = [.. "[[\"hostile"u8, 0xC3, 0x28, 0xFF, .. "\", 1], {}, {}]"u8] },
        new("half a surrogate") { Body = Text("[[\"hostile\\ud800\", \"x\"], {}, {}]") },
        new("pickle") { Body = [0x80, 4, (byte)'N', (byte)'.'], ContentType = "application/x-python-serialize", ContentEncoding = "binary" },
        new("yaml") { Body = Text("!!python/object/apply:os.system ['true']"), ContentType = "application/x-yaml" },
        new("type of .NET") { Body = Text("[[{\"$type\": \"System.Xml.XmlDocument, System.Private.Xml\"}, 1], {}, {}]") },
        new("type of kombu") { Body = Text("[[\"hostile\", {\"__type__\": \"System.Xml.XmlDocument, System.Private.Xml\", \"__value__\": \"x\"}], {}, {}]") },
        new("1 000 headers") { Body = Text("[[\"many-headers\", 1], {}, {}]"), Headers = Many(), IsRefused = false },
    ];

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();

    private static Dictionary<string, object?> Header(string name, object? value) => new() { [name] = value };

    private static Dictionary<string, object?> Many() => Enumerable.Range(0, 1000).ToDictionary(index => $"header-{index}", index => (object?)"x");

    // 10 MB that become 10 GB: one stretch of zeros, which refers to nothing before it, over and over. It is never read to its end, so it needs none.
    private static byte[] Bomb()
    {
        const int stretch = 16 * 1024 * 1024;
        using var one = new MemoryStream();
        using var zip = new ZLibStream(one, CompressionLevel.SmallestSize, leaveOpen: true);
        zip.Write(new byte[stretch]);
        zip.Flush();
        var header = one.ToArray();
        zip.Write(new byte[stretch]);
        zip.Flush();
        var next = one.ToArray()[header.Length..];
        using var bomb = new MemoryStream();
        bomb.Write(header);
        while (bomb.Length < 10 * 1024 * 1024) bomb.Write(next);
        return bomb.ToArray();
    }

    private static byte[] BrotliBomb()
    {
        using var bomb = new MemoryStream();
        using (var brotli = new BrotliStream(bomb, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var i = 0; i < 64; i++) brotli.Write(new byte[16 * 1024 * 1024]); // 1 GB
        }

        return bomb.ToArray();
    }
}
