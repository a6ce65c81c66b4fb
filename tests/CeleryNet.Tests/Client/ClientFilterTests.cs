using CeleryNet.Contracts;
using CeleryNet.Tasks;
using CeleryNet.Tests.Worker;

namespace CeleryNet.Tests.Client;

/// <summary>Filters around the sending of tasks.</summary>
public sealed class ClientFilterTests
{
    [Fact]
    public async Task Filter_ThatSetsAHeader_IsSeenByTheTaskAndSeesTheHandle()
    {
        await using var host = await ExtensionHost.StartAsync(
            queue => queue.AddClientFilter<Tenant>().AddClientFilter<Noting>().AddClientFilter<Tenant>(),
            DelegateHandler.Returning("work", context => Task.FromResult((string)context.Headers["tenant"]!)));

        TaskHandle<string> handle = await host.Client.EnqueueByNameAsync<string>("work");

        (await handle.GetAsync(Deadline.Usual)).Should().Be("blue");
        host.Notes.Should().Equal($"work sent as {handle.Id} for blue");
    }

    [Fact]
    public async Task Filter_OptionsItChanges_AreNotTheSignatures()
    {
        await using var host = await ExtensionHost.StartAsync(queue => queue.AddClientFilter<Tenant>(), DelegateHandler.Returning("work", context => Task.FromResult($"{context.Headers.Count}")));
        var signature = new Signature(new TaskDefinition("work"), TaskArguments.None);

        await host.Client.EnqueueAsync(signature);

        signature.Options.Headers.Should().BeEmpty();
    }

    [Fact]
    public async Task Filter_ThatThrows_ThrowsToTheSenderAndNothingIsSent()
    {
        await using var host = await ExtensionHost.StartAsync(queue => queue.AddClientFilter<Noting>().AddClientFilter<Refusing>());

        await host.Client.Invoking(client => client.EnqueueByNameAsync("work")).Should().ThrowAsync<InvalidOperationException>().WithMessage("not work");
        host.Notes.Should().BeEmpty();
    }

    [Theory]
    [InlineData("none", "*None*ended without having sent it*[CN2007]")]
    [InlineData("twice", "*None*called next twice*[CN2007]")]
    public async Task Filter_ThatDoesNotCallNextOnce_IsAnError(string task, string message)
    {
        await using var host = await ExtensionHost.StartAsync(queue => queue.AddClientFilter<None>(), DelegateHandler.Returning("twice", _ => Task.FromResult("")));

        await host.Client.Invoking(client => client.EnqueueByNameAsync(task)).Should().ThrowAsync<TaskQueueException>().WithMessage(message);
    }

    [Fact]
    public async Task EnqueueMany_WithFilters_PassesEachAndSaysHowManyWereTaken()
    {
        await using var host = await ExtensionHost.StartAsync(queue => queue.AddClientFilter<Tenant>().AddClientFilter<Noting>(), DelegateHandler.Returning("work", _ => Task.FromResult("")));
        var work = new Signature(new TaskDefinition("work"), TaskArguments.None);

        var handles = await host.Client.EnqueueManyAsync([work, work]);
        var refused = await host.Client.Invoking(client => client.EnqueueManyAsync([work, work.With(o => o.TaskId = " ")])).Should().ThrowAsync<MessageFormatException>();

        refused.Which.Message.Should().StartWith("The first 1 tasks of the sequence were taken");
        host.Notes.Take(2).Should().Equal(handles.Select(handle => $"work sent as {handle.Id} for blue"));
        host.Notes.Count.Should().Be(3);
    }

    private sealed class Tenant : ITaskClientFilter
    {
        public Task InvokeAsync(TaskSending sending, TaskSendDelegate next)
        {
            sending.Options.Headers["tenant"] = "blue";
            return next();
        }
    }

    private sealed class Noting(Notes notes) : ITaskClientFilter
    {
        public async Task InvokeAsync(TaskSending sending, TaskSendDelegate next)
        {
            var handle = await next();
            notes.Add($"{sending.Name} sent as {handle.Id} for {sending.Options.Headers["tenant"]}");
        }
    }

    private sealed class Refusing : ITaskClientFilter
    {
        public Task InvokeAsync(TaskSending sending, TaskSendDelegate next) => throw new InvalidOperationException($"not {sending.Name}");
    }

    private sealed class None : ITaskClientFilter
    {
        public async Task InvokeAsync(TaskSending sending, TaskSendDelegate next)
        {
            if (sending.Name == "none") return;
            await next();
            await next();
        }
    }
}
