using System.Text;
using System.Text.RegularExpressions;

namespace CeleryNet.Control;

/// <summary>Python's <c>fnmatch</c>: <c>*</c> any text, <c>?</c> one letter, <c>[abc]</c> and <c>[!abc]</c> one of a set. Case counts, as on every system but Windows.</summary>
internal static class GlobPattern
{
    internal static string ToRegex(string pattern)
    {
        var output = new StringBuilder(@"\A");
        for (var i = 0; i < pattern.Length; i++)
        {
            var set = pattern[i] == '[' ? SetAt(pattern, i) : 0;
            if (set > 0)
            {
                AppendSet(output, pattern.AsSpan(i + 1, set - 2));
                i += set - 1;
                continue;
            }

            output.Append(pattern[i] switch
            {
                '*' => ".*",
                '?' => ".",
                var letter => Regex.Escape(letter.ToString()),
            });
        }

        return output.Append(@"\z").ToString();
    }

    // Length of the set with its brackets; a bracket in first place belongs to it; 0 when it is not closed, and the bracket then is a letter.
    private static int SetAt(string pattern, int start)
    {
        var first = start + 1;
        if (first < pattern.Length && pattern[first] == '!') first++;
        var end = first + 1 < pattern.Length ? pattern.IndexOf(']', first + 1) : -1;
        if (first < pattern.Length && pattern[first] != ']') end = pattern.IndexOf(']', first);
        return end < 0 ? 0 : end - start + 1;
    }

    private static void AppendSet(StringBuilder output, ReadOnlySpan<char> set)
    {
        output.Append('[');
        if (set[0] == '!')
        {
            output.Append('^');
            set = set[1..];
        }

        foreach (var letter in set)
        {
            if (letter is '\\' or '[' or ']' or '^') output.Append('\\');
            output.Append(letter);
        }

        output.Append(']');
    }
}
