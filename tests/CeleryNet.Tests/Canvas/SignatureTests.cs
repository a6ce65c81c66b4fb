using CeleryNet.Tasks;
using CeleryNet.Tests.Client.Doubles;

namespace CeleryNet.Tests.Signatures;

public sealed class SignatureTests
{
    [Fact]
    public void With_ChangesACopyOnly()
    {
        var plain = Calls.Add(2, 3);

        var first = plain.With(o => o.Priority = 1);
        var second = first.With(o => o.Headers["x"] = 1);
        _ = second.With(o => o.Headers["x"] = 2);

        plain.Options.Priority.Should().BeNull();
        first.Options.Headers.Should().BeEmpty();
        (second.Options.Priority, second.Options.Headers["x"]).Should().Be((1, 1));
    }

    [Fact]
    public void With_OnUntyped_KeepsTaskAndArguments()
    {
        var plain = Calls.Named("t");

        var changed = plain.With(o => o.Shadow = "s");

        (changed.Definition, changed.Arguments, changed.Options.Shadow).Should().Be((plain.Definition, plain.Arguments, "s"));
    }

    [Fact]
    public void ToString_ShowsTheCallAsPythonDoes()
    {
        Calls.Add(2, 3).ToString().Should().Be("tasks.add(2, 3)");
        Calls.Named("t").ToString().Should().Be("t()");
        new Signature(new TaskDefinition("t"), new UntypedArguments(["it's", null, true], null)).ToString().Should().Be("t(\"it's\", None, True)");
        new Signature(new TaskDefinition("t"), new UntypedArguments([1], null)).ToString().Should().Be("t(1)");
    }

    [Fact]
    public void Signature_WithoutTaskOrArguments_IsRefused()
    {
        FluentActions.Invoking(() => new Signature(null!, TaskArguments.None)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => new Signature(new TaskDefinition("t"), null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => Calls.Add(1, 1).With(null!)).Should().Throw<ArgumentNullException>();
    }
}
