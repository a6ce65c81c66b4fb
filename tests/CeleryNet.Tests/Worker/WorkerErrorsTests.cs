using System.Text.Json;
using CeleryNet.Results;
using CeleryNet.Tests.Serialization;
using CeleryNet.Worker;

namespace CeleryNet.Tests.Worker;

/// <summary>The errors that a worker writes on its own account are those that real Celery wrote.</summary>
public sealed class WorkerErrorsTests
{
    [Theory]
    [InlineData("c526/results/failure-hard-time-limit")]
    [InlineData("c563/results/failure-hard-time-limit")]
    public void TimeLimitExceeded_AsCeleryWritesIt(string golden) => AssertSame(WorkerErrors.TimeLimitExceeded(TimeSpan.FromSeconds(1)), golden);

    [Theory]
    [InlineData("c526/results/failure-soft-time-limit")]
    [InlineData("c563/results/failure-soft-time-limit")]
    public void SoftTimeLimitExceeded_AsCeleryWritesIt(string golden) => AssertSame(WorkerErrors.SoftTimeLimitExceeded, golden);

    [Theory]
    [InlineData("c526/results/revoked")]
    public void Revoked_AsCeleryWritesIt(string golden) => AssertSame(WorkerErrors.Revoked, golden);

    [Theory]
    [InlineData("c526/results/revoked-terminated")]
    public void Terminated_AsCeleryWritesIt(string golden) => AssertSame(WorkerErrors.Terminated, golden);

    [Theory]
    [InlineData("c526/results/expired")]
    public void Expired_AsCeleryWritesIt(string golden) => AssertSame(WorkerErrors.Expired, golden);

    private static void AssertSame(RemoteError error, string golden)
    {
        var document = GoldenFile.Read(golden).GetProperty("result_keys")[0].GetProperty("value").GetString()!;
        var expected = JsonElement.Parse(document).GetProperty("result");

        error.Type.Should().Be(expected.GetProperty("exc_type").GetString());
        error.Module.Should().Be(expected.GetProperty("exc_module").GetString());
        JsonElement.DeepEquals(JsonElement.Parse(error.Arguments.Span), expected.GetProperty("exc_message")).Should().BeTrue();
    }
}
