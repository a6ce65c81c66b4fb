using System.Security.Cryptography;
using System.Text;

namespace CeleryNet.Redis.Connections;

/// <summary>A script from the folder Scripts, embedded as resource. What it takes is listed on top of its file.</summary>
internal sealed class RedisScript
{
    internal static readonly RedisScript Open = new("open");
    internal static readonly RedisScript Take = new("take");
    internal static readonly RedisScript Acknowledge = new("acknowledge");
    internal static readonly RedisScript Settled = new("settled");
    internal static readonly RedisScript Return = new("return");
    internal static readonly RedisScript Refresh = new("refresh");
    internal static readonly RedisScript Claim = new("claim");
    internal static readonly RedisScript Expired = new("expired");
    internal static readonly RedisScript Close = new("close");
    internal static readonly RedisScript Store = new("store", adds: true);
    internal static readonly RedisScript Relay = new("relay", adds: true);
    internal static readonly RedisScript Park = new("park");
    internal static readonly RedisScript Due = new("due");
    internal static readonly RedisScript Rewrite = new("rewrite");
    internal static readonly RedisScript MoveKept = new("movekept", adds: true);
    internal static readonly RedisScript Push = new("push", adds: true);
    internal static readonly RedisScript Purge = new("purge");
    internal static readonly RedisScript Held = new("held");
    internal static readonly RedisScript Parked = new("parked");
    internal static readonly RedisScript Revoke = new("revoke", adds: true);
    internal static readonly RedisScript Revoked = new("revoked");
    internal static readonly RedisScript Lead = new("lead");
    internal static readonly RedisScript LeadOn = new("leadon");
    internal static readonly RedisScript Fenced = new("fenced", adds: true);
    internal static readonly RedisScript Schedule = new("schedule", adds: true);
    internal static readonly RedisScript Progress = new("progress", adds: true);
    internal static readonly RedisScript Acquire = new("acquire"); // a permit takes less than the message that it lets end
    internal static readonly RedisScript Renew = new("renew");
    internal static readonly RedisScript Release = new("release");
    internal static readonly RedisScript Reserve = new("reserve", adds: true);
    internal static readonly RedisScript Keep = new("keep");
    internal static readonly RedisScript Free = new("free");
    internal static readonly RedisScript ChordSet = new("chordset", adds: true);
    internal static readonly RedisScript ChordPart = new("chordpart", adds: true);
    internal static readonly RedisScript ChordGrow = new("chordgrow", adds: true);
    internal static readonly RedisScript BatchAdd = new("batchadd", adds: true);
    internal static readonly RedisScript BatchTally = new("batchtally");

    // Redis 7 lets a script say that it may run while memory is full. Ours must: taking, acknowledging and returning only move what is there already, and without them
    // a full Redis would never become empty again. Older servers do not know the line. Scripts that add something new must not.
    private const string AllowFullMemory = "#!lua flags=allow-oom\n";

    private RedisScript(string name, bool adds = false)
    {
        Name = name;
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream($"CeleryNet.Redis.Scripts.{name}.lua")
            ?? throw new InvalidOperationException($"The script '{name}' is not embedded in the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var text = reader.ReadToEnd();
        Plain = new Variant(text);
        Flagged = adds ? Plain : new Variant(AllowFullMemory + text);
    }

    internal string Name { get; }

    /// <summary>For servers before Redis 7.</summary>
    internal Variant Plain { get; }

    /// <summary>For Redis 7 and later.</summary>
    internal Variant Flagged { get; }

    /// <summary>A text and the SHA-1 by which the server knows it.</summary>
    internal sealed class Variant(string text)
    {
        internal string Text { get; } = text;

#pragma warning disable CA5350 // EVALSHA names scripts by SHA-1; nothing is protected by it
        internal byte[] Hash { get; } = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
    }
}
