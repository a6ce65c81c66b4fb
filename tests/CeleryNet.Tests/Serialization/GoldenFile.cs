using System.Text;
using System.Text.Json;

namespace CeleryNet.Tests.Serialization;

/// <summary>A capture of real Celery, see Golden/README.md.</summary>
internal static class GoldenFile
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden");

    /// <summary>Names such as <c>c526/messages/add-plain</c> of one category of both generations.</summary>
    internal static IEnumerable<string> Names(string category) =>
        from generation in new[] { "c526", "c563" }
        let folder = Path.Combine(Folder, generation, category)
        where Directory.Exists(folder)
        from file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)
        select $"{generation}/{category}/{Path.GetFileNameWithoutExtension(file)}";

    internal static JsonElement Read(string name) => JsonElement.Parse(File.ReadAllBytes(Path.Combine(Folder, $"{name}.json")));

    internal static byte[] Envelope(string name) => Encoding.UTF8.GetBytes(Read(name).GetProperty("redis_envelope_text").GetString()!);
}
