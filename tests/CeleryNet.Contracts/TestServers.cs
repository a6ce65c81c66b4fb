namespace CeleryNet.Contracts;

/// <summary>Addresses of the servers that tests run against; use them in <c>[SkippableFact]</c> tests. A missing server skips the test, and fails it when <c>CI</c> is true.</summary>
public static class TestServers
{
    /// <summary>Connection string of RabbitMQ, from <c>CELERYNET_TEST_RABBITMQ</c>.</summary>
    public static string RabbitMQ => Address("CELERYNET_TEST_RABBITMQ");

    /// <summary>Connection string of Redis, from <c>CELERYNET_TEST_REDIS</c>.</summary>
    public static string Redis => Address("CELERYNET_TEST_REDIS");

    /// <summary>Connection string of PostgreSQL, from <c>CELERYNET_TEST_POSTGRES</c>.</summary>
    public static string Postgres => Address("CELERYNET_TEST_POSTGRES");

    private static string Address(string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } address) return address;
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException($"The environment variable {variable} is missing; with CI=true every server must be there.");
        throw new SkipException($"The environment variable {variable} is not set.");
    }
}
