using CeleryNet.Brokers;
using CeleryNet.Hosting;
using CeleryNet.Tasks;
using CeleryNet.Tests.Client.Doubles;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet.Tests.Hosting;

public sealed class TaskQueueConfigurationTests
{
    [Fact]
    public void Options_FromConfiguration_TakeEveryKey()
    {
        var options = Settings(
            null,
            ("TaskQueue:Broker", "redis://h"), ("TaskQueue:Results", "disabled://"), ("TaskQueue:DefaultQueue", "jobs"), ("TaskQueue:PublishTimeout", "00:00:07"),
            ("TaskQueue:ConnectTimeout", "00:00:08"), ("TaskQueue:Compression", "zlib"), ("TaskQueue:WriteTypedValues", "true"), ("TaskQueue:StoreRevocations", "true"), ("TaskQueue:SendTaskSentEvents", "true"),
            ("TaskQueue:Limits:MaxBodyBytes", "1024"), ("TaskQueue:Limits:MaxDecompressedBytes", "2048"), ("TaskQueue:Limits:MaxCompressionRatio", "7"),
            ("TaskQueue:Limits:MaxDepth", "32"), ("TaskQueue:Limits:MaxHeaderBytes", "8192"),
            ("TaskQueue:Worker:Concurrency", "4"), ("TaskQueue:Beat:Anything", "x")).Options;

        options.SendTaskSentEvents.Should().BeTrue();
        (options.Broker, options.Results, options.DefaultQueue, options.Compression, options.WriteTypedValues, options.StoreRevocations).Should().Be(("redis://h", "disabled://", "jobs", "zlib", true, true));
        (options.PublishTimeout, options.ConnectTimeout).Should().Be((TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8)));
        options.Limits.Should().BeEquivalentTo(new TaskQueueLimits { MaxBodyBytes = 1024, MaxDecompressedBytes = 2048, MaxCompressionRatio = 7, MaxDepth = 32, MaxHeaderBytes = 8192 });
    }

    [Fact]
    public void Queues_FromConfiguration_AreDeclared()
    {
        var queues = Settings(
            null,
            ("TaskQueue:Queues:images:MaxPriority", "10"), ("TaskQueue:Queues:images:Type", "Quorum"), ("TaskQueue:Queues:images:DeadLetterExchange", "dead"),
            ("TaskQueue:Queues:images:DeadLetterRoutingKey", "k"), ("TaskQueue:Queues:images:Arguments:x-max-length", "5"), ("TaskQueue:Queues:images:Arguments:x-queue-mode", "lazy"),
            ("TaskQueue:Queues:news:Exchange", "e"), ("TaskQueue:Queues:news:ExchangeType", "topic"), ("TaskQueue:Queues:news:RoutingKey", "news.#"),
            ("TaskQueue:Queues:news:Durable", "false")).Options.Queues;

        queues["images"].Should().Be(new QueueDefinition("images").WithMaxPriority(10).AsQuorum().WithDeadLetter("dead", "k").WithArgument("x-max-length", 5L).WithArgument("x-queue-mode", "lazy"));
        queues["news"].Should().Be(new QueueDefinition("news") { Exchange = "e", ExchangeType = "topic", RoutingKey = "news.#", IsDurable = false });
    }

    [Fact]
    public void Tasks_FromConfiguration_AreByWireName()
    {
        var tasks = Settings(
            null,
            ("TaskQueue:Tasks:images.resize:Queue", "q"), ("TaskQueue:Tasks:images.resize:Priority", "5"), ("TaskQueue:Tasks:images.resize:IgnoreResult", "true"),
            ("TaskQueue:Tasks:images.resize:TrackStarted", "true"), ("TaskQueue:Tasks:images.resize:AckEarly", "false"), ("TaskQueue:Tasks:images.resize:Expires", "01:00:00"),
            ("TaskQueue:Tasks:images.resize:TimeLimit", "00:05:00"), ("TaskQueue:Tasks:images.resize:SoftTimeLimit", "00:04:00")).Options.Tasks;

        tasks["images.resize"].Should().Be(new TaskPolicy
        {
            Queue = "q",
            Priority = 5,
            IgnoreResult = true,
            TrackStarted = true,
            AckEarly = false,
            Expires = TimeSpan.FromHours(1),
            TimeLimit = TimeSpan.FromMinutes(5),
            SoftTimeLimit = TimeSpan.FromMinutes(4),
        });
    }

    [Fact]
    public void Rates_FromConfiguration_AreByWireName()
    {
        var tasks = Settings(
            null, ("TaskQueue:Tasks:a:RateLimit", "100/m"), ("TaskQueue:Tasks:a:SkipFinished", "true"), ("TaskQueue:Tasks:b:RateLimit", "0")).Options.Tasks;

        tasks["a"].Should().Be(new TaskPolicy { RateLimit = TaskRate.Parse("100/m"), SkipFinished = true });
        new TaskPolicy { RateLimit = TaskRate.Parse("5/s") }.Under(tasks["b"]).RateLimit.Should().Be(TaskRate.Unlimited, "0 takes the attribute's limit away");
    }

    [Fact]
    public void Rate_ThatIsNone_IsRefusedWithItsPath() => Settings(null, ("TaskQueue:Tasks:a:RateLimit", "10/d"))
        .Failures.Should().ContainSingle().Which.Should().Match("TaskQueue:Tasks:a:RateLimit is '10/d' but must be a number of starts per second, minute or hour*or 0 for no limit.");

    [Fact]
    public void Retries_FromConfiguration_AreByWireName()
    {
        var tasks = Settings(
            null,
            ("TaskQueue:Tasks:t:MaxRetries", "-1"), ("TaskQueue:Tasks:t:RetryDelay", "00:00:10"), ("TaskQueue:Tasks:t:RetryBackoff", "true"), ("TaskQueue:Tasks:t:RetryBackoffMax", "01:00:00"),
            ("TaskQueue:Tasks:t:RetryJitter", "false"), ("TaskQueue:Tasks:t:MaxDeliveries", "2"), ("TaskQueue:Tasks:t:RejectOnWorkerLost", "false"),
            ("TaskQueue:Tasks:t:DeadLetterFailures", "true"), ("TaskQueue:Tasks:t:StoreErrors", "true")).Options.Tasks;

        tasks["t"].Should().Be(new TaskPolicy
        {
            MaxRetries = -1,
            RetryDelay = TimeSpan.FromSeconds(10),
            RetryBackoff = true,
            RetryBackoffMax = TimeSpan.FromHours(1),
            RetryJitter = false,
            MaxDeliveries = 2,
            RejectOnWorkerLost = false,
            DeadLetterFailures = true,
            StoreErrors = true,
        });
    }

    [Theory]
    [InlineData("MaxRetries", "-2", "TaskQueue:Tasks:t:MaxRetries is '-2' but must be a whole number of at least -1.")]
    [InlineData("RetryDelay", "soon", "TaskQueue:Tasks:t:RetryDelay is 'soon' but must be a positive time*")]
    [InlineData("RetryFor", "System.Exception", "TaskQueue:Tasks:t:RetryFor*")]
    public void Retries_WrongInConfiguration_AreRefused(string key, string value, string failure) =>
        Settings(null, ($"TaskQueue:Tasks:t:{key}", value)).Failures.Should().ContainSingle().Which.Should().Match(failure);

    [Fact]
    public void Policies_OfAttributeAndConfiguration_MustFitTogether()
    {
        var attribute = new TaskPolicy { SoftTimeLimit = TimeSpan.FromMinutes(1), RetryBackoff = true, RetryDelay = TimeSpan.FromMinutes(2) };
        var settings = Settings(null, ("TaskQueue:Tasks:t:TimeLimit", "00:00:30"), ("TaskQueue:Tasks:t:RetryBackoffMax", "00:01:00"));
        var failures = new List<string>();

        new PolicyCheck(settings, [new TaskHandlerSet(typeof(TaskQueueConfigurationTests), [new NoHandler(new TaskDefinition("t", attribute))])]).Check(failures);

        failures.Should().Equal(
            "Tasks:t:SoftTimeLimit is 00:01:00 but must not be greater than TimeLimit, 00:00:30; one of them comes from the attribute.",
            "Tasks:t:RetryDelay is 00:02:00 but must not be greater than RetryBackoffMax, 00:01:00; one of them comes from the attribute.");
    }

    private sealed class NoHandler(TaskDefinition definition) : TaskHandler
    {
        public override TaskDefinition Definition { get; } = definition;

        public override ValueTask InvokeAsync(TaskInvocation invocation) => default;
    }

    [Fact]
    public async Task Routes_FromConfiguration_FollowThoseOfCode()
    {
        var recording = new RecordingBroker();
        await using var services = Services(
            queue => queue.UseBroker(_ => recording).Routes(routes => routes.Exact("a", "code")),
            ("TaskQueue:Routes:0:Exact", "a"), ("TaskQueue:Routes:0:Queue", "configured"), ("TaskQueue:Routes:1:Glob", "b.*"), ("TaskQueue:Routes:1:Queue", "glob"),
            ("TaskQueue:Routes:2:Regex", "^c"), ("TaskQueue:Routes:2:Exchange", "ex"), ("TaskQueue:Routes:2:RoutingKey", "key"), ("TaskQueue:Routes:2:Priority", "3"));
        var client = services.GetRequiredService<ITaskClient>();

        foreach (var name in new[] { "a", "b.x", "cat", "other" }) await client.EnqueueByNameAsync(name);

        recording.Published.Select(sent => (sent.Route.Exchange, sent.Route.RoutingKey, sent.Message.Priority)).Should()
            .Equal(("", "code", 0), ("", "glob", 0), ("ex", "key", 3), ("", "celery", 0));
    }

    [Fact]
    public void Code_IsStrongerThanConfiguration()
    {
        var options = Settings(
            queue => queue.DefaultQueue("code").Configure(options => options.PublishTimeout = options.PublishTimeout * 2),
            ("TaskQueue:DefaultQueue", "configured"), ("TaskQueue:PublishTimeout", "00:00:10")).Options;

        options.DefaultQueue.Should().Be("code");
        options.PublishTimeout.Should().Be(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task UseBroker_InCode_IsStrongerThanConfiguration()
    {
        await using var services = Services(queue => queue.UseInMemory(), ("TaskQueue:Broker", "redis://h"));

        services.GetRequiredService<IBroker>().Address.Should().StartWith("memory://");
    }

    [Theory]
    [InlineData("TaskQueue:Nonsense", "x", "TaskQueue:Nonsense is not a known key. Known are *Broker*")]
    [InlineData("TaskQueue:Limits:MaxBodyBytes", "many", "TaskQueue:Limits:MaxBodyBytes is 'many' but must be a whole number of at least 1024.")]
    [InlineData("TaskQueue:Limits:MaxDepth", "300", "TaskQueue:Limits:MaxDepth is '300' but must be a whole number from 8 to 256.")]
    [InlineData("TaskQueue:Limits:MaxDeph", "30", "TaskQueue:Limits:MaxDeph is not a known key.*")]
    [InlineData("TaskQueue:PublishTimeout", "5", "TaskQueue:PublishTimeout is '5' but must be a positive time*")]
    [InlineData("TaskQueue:PublishTimeout", "-00:00:05", "TaskQueue:PublishTimeout is '-00:00:05' but must be a positive time*")]
    [InlineData("TaskQueue:PublishTimeout", "02:00:00", "PublishTimeout is 02:00:00 but must be more than 00:00:00 and at most 01:00:00.")]
    [InlineData("TaskQueue:WriteTypedValues", "yes", "TaskQueue:WriteTypedValues is 'yes' but must be true or false.")]
    [InlineData("TaskQueue:DefaultQueue", "", "DefaultQueue is empty*")]
    [InlineData("TaskQueue:Compression", "rar", "Compression is 'rar'*zlib*")]
    [InlineData("TaskQueue:Broker", "localhost", "Broker: Connection string 'localhost'*")]
    [InlineData("TaskQueue:Broker", "amqp://u:secret@h:0", "Broker: Connection string 'amqp://u:*@h:0'*")]
    [InlineData("TaskQueue:Results:Url", "x", "TaskQueue:Results is a section but must be a single value.")]
    [InlineData("TaskQueue:Queues:images", "x", "TaskQueue:Queues:images is 'x' but must be a section*")]
    [InlineData("TaskQueue:Queues:images:MaxPriority", "0", "TaskQueue:Queues:images:MaxPriority is '0' but must be a whole number from 1 to 255.")]
    [InlineData("TaskQueue:Queues:images:Type", "stream", "TaskQueue:Queues:images:Type is 'stream' but must be classic or quorum.")]
    [InlineData("TaskQueue:Queues:images:ExchangeType", "headers", "TaskQueue:Queues:images:ExchangeType is 'headers' but must be direct, topic or fanout.")]
    [InlineData("TaskQueue:Queues:images:DeadLetterRoutingKey", "x", "TaskQueue:Queues:images:DeadLetterRoutingKey is set without DeadLetterExchange.")]
    [InlineData("TaskQueue:Tasks:a.b:Priority", "256", "TaskQueue:Tasks:a.b:Priority is '256' but must be a whole number from 0 to 255.")]
    [InlineData("TaskQueue:Tasks:a.b:MaxRetry", "256", "TaskQueue:Tasks:a.b:MaxRetry is not a known key.*")]
    [InlineData("TaskQueue:Tasks:a.b:Queue", "", "Tasks:a.b:Queue is empty*")]
    [InlineData("TaskQueue:Routes:0:Queue", "q", "TaskQueue:Routes:0 must have exactly one of Exact, Glob and Regex.")]
    [InlineData("TaskQueue:Routes:0:Exact", "a", "Routes (exact 'a') names neither*")]
    [InlineData("TaskQueue:Routes:0:Regex", "(", "TaskQueue:Routes:0:Regex is not a regular expression*")]
    public void Mistake_InConfiguration_NamesKeyValueAndRange(string key, string value, string failure)
    {
        var settings = Settings(null, (key, value));

        settings.Failures.Should().ContainMatch(failure).And.NotContainMatch("*secret*");
        FluentActions.Invoking(() => settings.Options).Should().Throw<TaskQueueConfigurationException>().WithMessage("*[CN1001]");
    }

    [Theory]
    [InlineData(nameof(TaskQueueLimits.MaxBodyBytes))]
    [InlineData(nameof(TaskQueueLimits.MaxDepth))]
    public void Mistake_InCode_IsFoundToo(string limit)
    {
        var settings = Settings(queue => queue.Configure(options =>
        {
            if (limit == nameof(TaskQueueLimits.MaxDepth)) options.Limits.MaxDepth = 7;
            else options.Limits.MaxBodyBytes = 0;
            options.Tasks["t"] = new TaskPolicy { TimeLimit = TimeSpan.FromSeconds(1), SoftTimeLimit = TimeSpan.FromSeconds(2) };
        }));

        settings.Failures.Should().ContainMatch($"Limits:{limit} is *").And.ContainMatch("Tasks:t:SoftTimeLimit is 00:00:02*TimeLimit, 00:00:01.");
    }

    private static TaskQueueSettings Settings(Action<TaskQueueBuilder>? configure, params (string Key, string Value)[] settings) =>
        Services(configure, settings).GetRequiredService<TaskQueueSettings>();

    private static ServiceProvider Services(Action<TaskQueueBuilder>? configure, params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(
            new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build());
        services.AddTaskQueue(queue => configure?.Invoke(queue));
        return services.BuildServiceProvider();
    }
}
