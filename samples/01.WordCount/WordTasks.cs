using CeleryNet;

namespace WordCount;

/// <summary>The work: one task per file.</summary>
public static class WordTasks
{
    /// <summary>Counts the words of a text file; letters only, case ignored.</summary>
    [Task("words.count")]
    public static async Task<Dictionary<string, int>> CountAsync(string path, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        var text = await File.ReadAllTextAsync(path, cancellationToken);
        for (var i = 0; i < text.Length; i++)
        {
            var start = i;
            while (i < text.Length && char.IsLetter(text[i])) i++;
            if (i - start < 2) continue; // single letters say nothing
            var word = text.AsSpan(start, i - start);
            lookup[word] = lookup.TryGetValue(word, out var count) ? count + 1 : 1;
        }

        return counts;
    }
}
