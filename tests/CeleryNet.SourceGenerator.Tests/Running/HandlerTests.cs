using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet.SourceGenerator.Tests.Running;

public sealed class HandlerTests
{
    [Fact]
    public async Task Static_TypedCall_RunsAndReturns()
    {
        (await TaskRunner.RunAsync(MathTasks.AddTask(2, 3))).Should().Be("5");
    }

    [Fact]
    public async Task Static_OptionalLeftOut_UsesTheDefault()
    {
        (await TaskRunner.RunAsync("math.add", "[2]")).Should().Be("7");
        (await TaskRunner.RunAsync(MathTasks.AddTask(2))).Should().Be("7");
    }

    [Fact]
    public async Task Static_KeywordsFromPython_MapByName()
    {
        (await TaskRunner.RunAsync("math.add", "[1]", """{"y":9}""")).Should().Be("10");
        (await TaskRunner.RunAsync("types.collections", """[["a"],[1,null],["Dark","Light"],{"k":[1.5]}]""", """{"by_number":{"7":"x"},"bytes":"AQID","grid":[[1],[2]],"pair":[10,"t"]}"""))
            .Should().Be("22");
    }

    [Fact]
    public async Task Overloads_WithOwnNames_RunEachTheirOwn()
    {
        (await TaskRunner.RunAsync(MathTasks.AddTask(1.5, 2.25))).Should().Be("3.75");
    }

    [Theory]
    [InlineData("math.add", "[]", "{}", "*missing 1 required argument: 'x'*")]
    [InlineData("math.add", "[1,2,3]", "{}", "*takes from 1 to 2 positional arguments but 3 were given*")]
    [InlineData("math.add", "[1]", """{"z":1}""", "*unexpected keyword argument 'z'*")]
    [InlineData("forms.none", "[1]", "{}", "*takes 0 positional arguments but 1 were given*")]
    [InlineData("forms.void", "[null]", "{}", "*'text' must not be null*")]
    [InlineData("types.collections", """[["a",null],[],[],{},{},"",[],[1,"x"]]""", "{}", "*'list'*null where a value is required*")]
    [InlineData("types.collections", """[[],[],[],{},{},"",[],[1]]""", "{}", "*'pair'*a list of 2 items, got fewer*")]
    public async Task Arguments_ThatDoNotFit_FailTheTask(string name, string arguments, string keywords, string message)
    {
        var run = () => TaskRunner.RunAsync(name, arguments, keywords);

        await run.Should().ThrowAsync<TaskArgumentException>().WithMessage(message);
    }

    [Theory]
    [InlineData("forms.void")]
    [InlineData("forms.task")]
    [InlineData("forms.valuetask")]
    public async Task FormsWithoutValue_RunToTheEnd_ReturnNothing(string name)
    {
        FormTasks.Calls.Value = [];

        (await TaskRunner.RunAsync(name, """["hello"]""")).Should().BeEmpty();

        FormTasks.Calls.Value.Should().Equal("hello");
    }

    [Fact]
    public async Task NoArguments_Runs()
    {
        FormTasks.Calls.Value = [];

        await TaskRunner.RunAsync(FormTasks.NoArgumentsTask());

        FormTasks.Calls.Value.Should().Equal("none");
    }

    [Fact]
    public async Task AsyncForms_WithValue_ReturnIt()
    {
        (await TaskRunner.RunAsync(FormTasks.EchoTask("é"))).Should().Be("\"é\"");
        (await TaskRunner.RunAsync(MathTasks.TwiceTask(21))).Should().Be("42");
    }

    [Fact]
    public async Task AsyncForm_ThatThrows_PassesTheException()
    {
        var run = () => TaskRunner.RunAsync(FormTasks.ThrowTask("broken"));

        await run.Should().ThrowAsync<InvalidOperationException>().WithMessage("broken");
    }

    [Fact]
    public async Task Params_AreAList()
    {
        TaskRunner.ArgumentsOf(MathTasks.TotalTask(1, 2, 3)).Should().Be("[[1,2,3]]");
        (await TaskRunner.RunAsync(MathTasks.TotalTask(1, 2, 3))).Should().Be("6");
        (await TaskRunner.RunAsync("math.total", "[]")).Should().Be("0");
    }

    [Fact]
    public async Task Defaults_OfEveryKind_AreTheSameInHandlerAndCall()
    {
        const string expected = "null|a\"b\\c\n|'|True|-9223372036854775808|18446744073709551615|1.5|NaN|12.50|Dark|null|00000000-0000-0000-0000-000000000000|7";

        foreach (var json in new[] { await TaskRunner.RunAsync("types.defaults", "[]"), await TaskRunner.RunAsync(TypeTasks.DefaultsTask()) })
            System.Text.Json.JsonSerializer.Deserialize<string>(json).Should().Be(expected);
    }

    [Fact]
    public async Task Names_OfGeneratedLocals_AreFreeForParameters()
    {
        (await TaskRunner.RunAsync(TypeTasks.KeywordsTask("a", 1, 2, 3, 4, 5))).Should().Be("\"a12345\"");
    }

    [Fact]
    public async Task Results_NullableAndPairs_Travel()
    {
        (await TaskRunner.RunAsync(TypeTasks.MaybeTask(false))).Should().Be("null");
        (await TaskRunner.RunAsync(TypeTasks.PairTask(4))).Should().Be("[4,null]");
        (await TaskRunner.RunAsync(TypeTasks.AnyTask(new List<object?> { 1, "two", null }))).Should().Be("""[1,"two",null]""");
    }

    [Fact]
    public async Task SetsAndTriples_Travel()
    {
        (await TaskRunner.RunAsync(TypeTasks.SetsTask(new HashSet<int> { 1, 2 }, new HashSet<string> { "a" }, (Half)1.5, (1, 2, 3), [Guid.Empty])))
            .Should().Be("""[4,6,"1.5"]""");
    }

    [Fact]
    public async Task OwnTypes_TravelByTheirMetadata()
    {
        var order = new Order(7, ["a"], new Money(1.5m, "EUR"));

        (await TaskRunner.RunAsync(TypeTasks.RepriceTask(order, [order, order], new Money(2m, "USD"))))
            .Should().Be("""{"Id":7,"Lines":["a","a"],"Total":{"Amount":2,"Currency":"USD"}}""");
        (await TaskRunner.RunAsync(TypeTasks.RepriceTask(order, [], null))).Should().Be("null");
    }

    [Fact]
    public async Task SixtyFourParameters_AreAllRequired()
    {
        var all = string.Join(",", Enumerable.Range(0, 64));
        var run = () => TaskRunner.RunAsync("types.many", $"[{all[..all.LastIndexOf(',')]}]");

        (await TaskRunner.RunAsync("types.many", $"[{all}]")).Should().Be("2016");
        await run.Should().ThrowAsync<TaskArgumentException>().WithMessage("*missing 1 required argument: 'p63'*");
    }

    [Fact]
    public async Task NestedInternalClass_HasItsCall()
    {
        var call = Outer.Inner.ShoutTask("a");

        call.Name.Should().Be("CeleryNet.SourceGenerator.Tests.Running.Outer.Inner.Shout");
        (await TaskRunner.RunAsync(call)).Should().Be("\"A\"");
    }

    [Fact]
    public async Task InstanceHandler_FromScope_GetsItsServices()
    {
        await using var services = Services();
        await using var scope = services.CreateAsyncScope();

        var told = await TaskRunner.RunAsync(InjectedTasks.TellTask("hello"), scope.ServiceProvider);
        var all = await TaskRunner.RunAsync(InjectedTasks.AllTask("one"), scope.ServiceProvider);

        told.Should().Be("\"hello noon midnight - 4\"");
        all.Should().Be("\"id-1 one True noon 2 - midnight\"");
    }

    [Fact]
    public async Task StaticHandler_WithService_GetsIt()
    {
        await using var services = Services();

        (await TaskRunner.RunAsync(InjectedTasks.StaticTask(), services)).Should().Be("\"noon\"");
    }

    [Fact]
    public async Task MarkedConstructor_IsPreferred()
    {
        await using var services = Services();
        await using var scope = services.CreateAsyncScope();

        (await TaskRunner.RunAsync(MarkedTasks.TellTask(), scope.ServiceProvider)).Should().Be("\"marked\"");
    }

    [Theory]
    [InlineData("math.add", false)]
    [InlineData("injected.instance", true)]
    [InlineData("injected.static", true)]
    public void NeedsScope_IsTrueWhereServicesAreUsed(string name, bool expected)
    {
        TaskRunner.Handler(name).NeedsScope.Should().Be(expected);
    }

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IClock>(new FixedClock("noon"));
        services.AddKeyedSingleton<IClock>("night", new FixedClock("midnight"));
        CeleryNetSourceGeneratorTestsTasksRegistry.AddServices(services);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
    }
}
