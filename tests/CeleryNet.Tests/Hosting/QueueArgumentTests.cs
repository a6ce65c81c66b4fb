using CeleryNet.Hosting;

namespace CeleryNet.Tests.Hosting;

public sealed class QueueArgumentTests
{
    [Theory]
    [InlineData("x-max-priority", 10)]
    [InlineData("x-max-priority", 255)]
    [InlineData("x-message-ttl", 60_000L)]
    [InlineData("x-queue-type", "quorum")]
    [InlineData("x-overflow", "reject-publish")]
    [InlineData("x-dead-letter-exchange", "")]
    [InlineData("x-single-active-consumer", true)]
    [InlineData("x-delivery-limit", -1)]
    public void Check_KnownArgumentInItsRange_Passes(string name, object value) => Failures(name, value).Should().BeEmpty();

    [Theory]
    [InlineData("x-max-priority", 256, "but must be a whole number from 0 to 255")]
    [InlineData("x-max-priority", "10", "is '10' but must be a whole number")]
    [InlineData("x-message-ttl", -1L, "is '-1' but must be a whole number from 0 to")]
    [InlineData("x-queue-type", "stream", "is 'stream' but must be classic or quorum")]
    [InlineData("x-overflow", "drop-tail", "but must be drop-head, reject-publish or reject-publish-dlx")]
    [InlineData("x-single-active-consumer", 1, "but must be true or false")]
    [InlineData("x-dead-letter-exchange", 7, "but must be a text")]
    [InlineData("x-max-length", null, "is '' but must be a whole number of at least 0")]
    public void Check_ValueOutOfRange_IsRefusedWithPathValueAndRange(string name, object? value, string expected) =>
        Failures(name, value).Should().ContainSingle().Which.Should().StartWith($"Queues:images:Arguments:{name} is '").And.Contain(expected);

    [Theory]
    [InlineData("x-max-priorty", "Did you mean x-max-priority?")]
    [InlineData("max-length", "Did you mean x-max-length?")]
    public void Check_Misspelt_IsRefusedAndTheRightOneNamed(string name, string expected) =>
        Failures(name, 5).Should().ContainSingle().Which.Should().StartWith($"Queues:images:Arguments:{name} is not a known argument").And.Contain(expected).And.Contain("Known are ");

    [Fact]
    public void Check_NothingLikeIt_NamesNone() => Failures("colour", "red").Should().ContainSingle().Which.Should().NotContain("Did you mean");

    [Fact]
    public void Check_DeadLetterKeyAlone_IsRefused() => Failures("x-dead-letter-routing-key", "dead").Should().ContainSingle().Which.Should().Contain("without x-dead-letter-exchange");

    private static List<string> Failures(string name, object? value)
    {
        var failures = new List<string>();
        QueueArgumentCheck.Check("Queues:images", new Dictionary<string, object?> { [name] = value }, failures);
        return failures;
    }
}
