namespace CeleryNet.Redis.Connections;

/// <summary>What the connected server can do, by its version.</summary>
/// <param name="Version">Version as the server tells it.</param>
internal readonly record struct ServerFeatures(Version Version)
{
    private static readonly Version Six2 = new(6, 2);
    private static readonly Version Seven = new(7, 0);

    /// <summary>The blocking peek <c>BLMOVE q q RIGHT RIGHT</c>.</summary>
    internal bool HasBlockingPeek => Version >= Six2;

    /// <summary>The flags line of scripts.</summary>
    internal bool HasScriptFlags => Version >= Seven;

    /// <summary>Reads the answer of INFO.</summary>
    internal static ServerFeatures Read(string? info)
    {
        const string Field = "redis_version:";
        var start = info?.IndexOf(Field, StringComparison.Ordinal) ?? -1;
        if (start < 0) return new ServerFeatures(new Version(0, 0));
        var text = info.AsSpan(start + Field.Length);
        var end = text.IndexOfAny('\r', '\n');
        return new ServerFeatures(Version.TryParse(end < 0 ? text : text[..end], out var version) ? version : new Version(0, 0));
    }
}
