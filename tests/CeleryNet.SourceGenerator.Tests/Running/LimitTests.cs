using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.SourceGenerator.Tests.Running;

/// <summary>What the attributes for limits and uniqueness become.</summary>
public sealed class LimitTests
{
    private static readonly WireOptions Options = new();

    [Fact]
    public void Attributes_BecomePolicyAndConditions()
    {
        var definition = TaskRunner.Handler("limits.several").Definition;

        definition.Policy.Should().Be(new TaskPolicy { RateLimit = TaskRate.Parse("100/m"), SkipFinished = true });
        definition.Conditions!.Limits.Should().Equal(TaskLimit.OfConcurrency(2), TaskLimit.OfRate(TaskRate.Parse("5/h"), "shared"));
        definition.Conditions.Unique.Should().Be(new UniqueRule { For = TimeSpan.FromMinutes(10), OnDuplicate = DuplicatePolicy.Replace, Until = UniqueUntil.Started, Name = "reports" });
        TaskRunner.Handler("limits.all").Definition.Conditions!.Unique.Should().Be(new UniqueRule { For = TimeSpan.FromHours(1) });
        TaskRunner.Handler("math.add").Definition.Conditions.Should().BeNull();
    }

    [Theory]
    [InlineData("""["blue", [1, 2], "2026-01-31"]""", "{}", "blue", "", "blue:2026-01-31")]
    [InlineData("[]", """{"dayOfReport": "2026-01-31", "tenant": "blue"}""", "blue", "", "blue:2026-01-31")]
    [InlineData("[]", """{"day_of_report": "2026-01-31", "others": [{"a": [1]}], "tenant": "blue"}""", "blue", "", "blue:2026-01-31")]
    [InlineData("""["a:b"]""", "{}", "a:b", "", "a%003ab:%")]
    public async Task Keys_FromAnyForm_AreTheSame(string arguments, string keywords, params string[] expected)
    {
        var keys = await KeysAsync("limits.several", arguments, keywords);

        keys.Should().Equal(expected);
    }

    [Fact]
    public async Task Keys_WithDefaultsEnumsAndConstants_AreTexts()
    {
        (await KeysAsync("limits.const", """["Dark"]""", "{}")).Should().Equal("Dark/7");
        (await KeysAsync("limits.all", "[1]", "{}")).Should().Equal("");
    }

    [Fact]
    public async Task Keys_WithoutARequiredArgument_SayWhichIsMissing() =>
        await FluentActions.Awaiting(() => KeysAsync("limits.several", "[]", "{}")).Should().ThrowAsync<TaskArgumentException>().WithMessage("*missing 1 required argument: 'tenant'*");

    [Fact]
    public async Task Keys_OfATypedCall_AreTheSameAsOfAMessage() =>
        (await KeysAsync("limits.several", TaskRunner.ArgumentsOf(LimitedTasks.SeveralTask("blue", dayOfReport: new DateOnly(2026, 1, 31))), "{}")).Should().Equal("blue", "", "blue:2026-01-31");

    // What a worker or client of the same handler does: a task that notes its keys instead of running.
    private static async Task<IReadOnlyList<string>> KeysAsync(string name, string arguments, string keywords)
    {
        await Task.Yield();
        var message = new TaskMessage { Id = "id", TaskName = name, Body = Encoding.UTF8.GetBytes($"[{arguments},{keywords},{{}}]") };
        return TaskRunner.Handler(name).Definition.Conditions!.ReadKeys(TaskBody.Read(message, Options), Options);
    }
}
