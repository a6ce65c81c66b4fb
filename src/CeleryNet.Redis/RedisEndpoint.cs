using CeleryNet.Brokers;

namespace CeleryNet.Redis;

/// <summary>One server and database to connect to.</summary>
internal sealed record RedisEndpoint
{
    internal required ConnectionString Url { get; init; }

    internal required string Host { get; init; }

    internal required int Port { get; init; }

    internal required int Database { get; init; }

    /// <summary>The name of an ACL user; without one the default user is meant.</summary>
    internal string? User { get; init; }

    internal string? Password { get; init; }

    internal bool IsTls { get; init; }

    internal bool VerifyCertificate { get; init; } = true;

    /// <summary>For logs and errors; the password is masked.</summary>
    public override string ToString() => Url.ToString();
}
