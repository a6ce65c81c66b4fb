using CeleryNet.Tasks;
using CeleryNet.Tests.Client.Doubles;

namespace CeleryNet.Tests.Client;

public sealed class RoutingTests
{
    [Theory]
    [InlineData("math.add", "math")]
    [InlineData("math.addition", "celery")]
    [InlineData("Math.add", "celery")]
    [InlineData("images.resize", "images")]
    [InlineData("images.", "images")]
    [InlineData("myimages.resize", "celery")]
    [InlineData("report.daily", "slow")]
    [InlineData("daily.report.x", "celery")]
    [InlineData("tenant.x", "tenant-x")]
    [InlineData("math.addmore", "late")]
    public async Task Enqueue_RoutedTask_GoesToTheQueueOfTheFirstRuleThatFits(string name, string queue)
    {
        await using var host = new ClientHost(builder => builder.Routes(routes => routes
            .Exact("math.add", "math")
            .Glob("images.*", "images")
            .Regex(@"^report\.", "slow")
            .Function(call => call.Name.StartsWith("tenant.", StringComparison.Ordinal) ? call.Name.Replace('.', '-') : null)
            .Glob("math.ad?more", "late")
            .Glob("images.resize", "too-late")));

        for (var i = 0; i < 2; i++) await host.Client.EnqueueByNameAsync(name); // the second answer is a remembered one

        host.Broker.Published.Select(Calls.Queue).Should().Equal(queue, queue);
    }

    [Fact]
    public async Task Enqueue_RoutingFunction_IsAskedForEveryCall()
    {
        var asked = 0;
        await using var host = new ClientHost(builder => builder.Routes(routes => routes.Function(_ => $"queue-{++asked}")));

        await host.Client.EnqueueAsync(Calls.Add(1, 1));
        await host.Client.EnqueueAsync(Calls.Add(1, 1));

        host.Broker.Published.Select(Calls.Queue).Should().Equal("queue-1", "queue-2");
    }

    [Fact]
    public async Task Enqueue_RouteWithExchange_DeclaresNothing()
    {
        await using var host = new ClientHost(builder => builder.Routes(routes => routes.Exact("t", new RouteTarget { Exchange = "ex", RoutingKey = "a.b", Priority = 7 })));

        await host.Client.EnqueueByNameAsync("t");

        var (message, route) = host.Broker.Only;
        route.Should().Be(new CeleryNet.Brokers.Route("ex", "a.b", null));
        message.Priority.Should().Be(7);
    }

    [Fact]
    public async Task Enqueue_RegexThatExplodes_IsAnErrorThatNamesIt()
    {
        await using var host = new ClientHost(builder => builder.Routes(routes => routes.Regex("^(a+)+$", "q")));

        await FluentActions.Awaiting(() => host.Client.EnqueueByNameAsync(new string('a', 40) + "!")).Should()
            .ThrowAsync<MessageFormatException>().WithMessage("*regex '^(a+)+$'*250 ms*[CN1007]");
    }

    [Fact]
    public async Task Enqueue_DeclaredQueue_CarriesItsDeclaration()
    {
        await using var host = new ClientHost(builder => builder
            .Queue("images", queue => queue.WithMaxPriority(10))
            .Queue("news", queue => queue with { ExchangeType = "topic", Exchange = "news-exchange", RoutingKey = "news.#" }));

        await host.Client.EnqueueAsync(Calls.Named("a"), o => o.Queue = "images");
        await host.Client.EnqueueAsync(Calls.Named("a"), o => o.Queue = "unknown");
        await host.Client.EnqueueAsync(Calls.Named("a"), o => (o.Queue, o.RoutingKey) = ("news", "news.sport"));

        host.Broker.Published[0].Route.Queue!.Arguments.Should().Contain("x-max-priority", 10);
        host.Broker.Published[1].Route.Queue!.Arguments.Should().BeEmpty();
        host.Broker.Published[2].Route.Exchange.Should().Be("news-exchange");
        host.Broker.Published[2].Route.RoutingKey.Should().Be("news.sport");
        host.Broker.Published[2].Route.Queue!.Name.Should().Be("news");
    }

    [Fact]
    public async Task Enqueue_DefaultQueue_CanBeAnother()
    {
        await using var host = new ClientHost(builder => builder.DefaultQueue("jobs"));

        await host.Client.EnqueueAsync(Calls.Add(1, 1));

        host.Broker.Only.Queue().Should().Be("jobs");
    }

    [Fact]
    public async Task Policy_EachLevel_IsStrongerThanTheOneBefore()
    {
        var attribute = new TaskPolicy { Queue = "attribute", Priority = 1, TimeLimit = TimeSpan.FromSeconds(1), Expires = TimeSpan.FromSeconds(11), IgnoreResult = true };
        await using var none = new ClientHost();
        await using var routes = new ClientHost(builder => builder.Routes(WithRoute));
        await using var configured = new ClientHost(builder => builder.Routes(WithRoute).Configure(Configured));

        await none.Client.EnqueueAsync(Calls.Add(attribute));
        await routes.Client.EnqueueAsync(Calls.Add(attribute));
        await configured.Client.EnqueueAsync(Calls.Add(attribute));
        await configured.Client.EnqueueAsync(Calls.Add(attribute), o =>
            (o.Queue, o.Priority, o.TimeLimit, o.Expires, o.IgnoreResult) = ("call", 4, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(44), true));

        var sent = none.Broker.Published.Concat(routes.Broker.Published).Concat(configured.Broker.Published).ToList();
        sent.Select(Calls.Queue).Should().Equal("attribute", "route", "configured", "call");
        sent.Select(s => s.Message.Priority).Should().Equal(1, 2, 3, 4);
        sent.Select(s => s.Message.TimeLimit!.Value.TotalSeconds).Should().Equal(1, 1, 3, 4);
        sent.Zip([none, routes, configured, configured], (s, host) => (s.Message.Expires!.Value - host.Time.GetUtcNow()).TotalSeconds).Should().Equal(11, 11, 33, 44);
        sent.Select(s => s.Message.IgnoreResult).Should().Equal(true, true, false, true);

        static void WithRoute(TaskRoutes routes) => routes.Exact("tasks.add", new RouteTarget { Queue = "route", Priority = 2 });

        static void Configured(TaskQueueOptions options) => options.Tasks["tasks.add"] = new TaskPolicy
        {
            Queue = "configured",
            Priority = 3,
            TimeLimit = TimeSpan.FromSeconds(3),
            Expires = TimeSpan.FromSeconds(33),
            IgnoreResult = false,
        };
    }

    [Fact]
    public async Task Enqueue_TwoDefinitionsOfOneName_KeepTheirOwnPolicies()
    {
        await using var host = new ClientHost();
        var first = Calls.Named("t", new TaskPolicy { Queue = "first" });
        var second = Calls.Named("t", new TaskPolicy { Queue = "second" });

        foreach (var call in new[] { first, second, first }) await host.Client.EnqueueAsync(call);

        host.Broker.Published.Select(Calls.Queue).Should().Equal("first", "second", "first");
    }
}
