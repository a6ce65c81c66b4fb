using System.IO.Compression;
using System.Text;

namespace CeleryNet.Packages.Tests;

/// <summary>Reads what is in a package.</summary>
internal static class PackageEntries
{
    /// <summary>The bytes of one file.</summary>
    /// <exception cref="InvalidOperationException">There is no such file; the message names those that are there.</exception>
    public static byte[] Bytes(this ZipArchive package, string path)
    {
        var entry = package.GetEntry(path) ?? throw new InvalidOperationException($"The package has no {path}, only {string.Join(", ", package.Entries)}.");
        using var stream = entry.Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    /// <summary>The text of one file, with line feeds only.</summary>
    /// <exception cref="InvalidOperationException">There is no such file.</exception>
    public static string Text(this ZipArchive package, string path) => Encoding.UTF8.GetString(package.Bytes(path)).TrimStart('\uFEFF').ReplaceLineEndings("\n");
}
