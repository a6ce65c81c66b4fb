namespace WordCount;

/// <summary>Finds the text files of a folder: no zero byte in their first 4 KiB, at most 1 MiB, no build output, nothing hidden.</summary>
public static class TextFiles
{
    private static readonly string[] Skipped = ["bin", "obj", "node_modules"];

    /// <summary>All text files below the folder.</summary>
    public static IEnumerable<string> Of(string folder) =>
        Directory.EnumerateFiles(folder)
            .Where(IsText)
            .Concat(Directory.EnumerateDirectories(folder)
                .Where(child => Path.GetFileName(child) is var name && !name.StartsWith('.') && !Skipped.Contains(name))
                .SelectMany(Of));

    private static bool IsText(string path)
    {
        if (new FileInfo(path) is not { Length: > 0 and <= 1024 * 1024, LinkTarget: null }) return false;
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[4096];
        return !start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)].Contains((byte)0);
    }
}
