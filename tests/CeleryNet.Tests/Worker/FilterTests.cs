using CeleryNet.Contracts;
using CeleryNet.Results;
using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet.Tests.Worker;

/// <summary>Filters around the tasks of a worker, in a host of their own.</summary>
public sealed class FilterTests
{
    [Fact]
    public async Task Filters_RunInTheOrderOfTheirRegistrationInTheScopeOfTheAttempt()
    {
        await using var host = await ExtensionHost.StartAsync(
            queue => queue.AddFilter<Outer>().AddFilter<Inner>().AddFilter<Outer>(),
            DelegateHandler.Returning("work", context => Task.FromResult(context.Name)));

        (await (await host.Client.EnqueueByNameAsync<string>("work")).GetAsync(Deadline.Usual)).Should().Be("work");
        (await (await host.Client.EnqueueByNameAsync<string>("work")).GetAsync(Deadline.Usual)).Should().Be("work");

        host.Notes.Should().Equal("outer 1", "inner 1", "/inner Success", "/outer Success", "outer 2", "inner 2", "/inner Success", "/outer Success");
    }

    [Fact]
    public async Task Filter_ThatThrows_FailsTheTaskAndTheWorkerGoesOn()
    {
        await using var host = await ExtensionHost.StartAsync(
            queue => queue.AddFilter<Throwing>(),
            DelegateHandler.Returning("bad", _ => Task.FromResult("never")),
            DelegateHandler.Returning("good", _ => Task.FromResult("fine")));

        var bad = await (await host.Client.EnqueueByNameAsync<string>("bad")).WaitAsync(Deadline.Usual);
        var good = await (await host.Client.EnqueueByNameAsync<string>("good")).GetAsync(Deadline.Usual);

        (bad.State, bad.Error!.Type, bad.Error.Message, good).Should().Be((TaskStates.Failure, "IOException", "of the filter", "fine"));
    }

    [Fact]
    public async Task Filter_ThatCannotBeMade_FailsTheTask()
    {
        await using var host = await ExtensionHost.StartAsync(queue => queue.AddFilter<Unmakeable>(), DelegateHandler.Returning("work", _ => Task.FromResult("never")));

        var end = await (await host.Client.EnqueueByNameAsync("work")).WaitAsync(Deadline.Usual);

        (end.State, end.Error!.Type).Should().Be((TaskStates.Failure, "InvalidOperationException"));
    }

    [Theory]
    [InlineData("retry", TaskStates.Success, 2)]
    [InlineData("cancel", TaskStates.Revoked, 0)]
    [InlineData("throw cancel", TaskStates.Revoked, 0)]
    public async Task Filter_OutcomeOfIts_EndsTheTaskAsItSays(string task, string state, int runs)
    {
        var count = 0;
        await using var host = await ExtensionHost.StartAsync(
            queue => queue.AddFilter<Deciding>(),
            DelegateHandler.Returning(task, _ => Task.FromResult($"{Interlocked.Increment(ref count)}")));

        var end = await (await host.Client.EnqueueByNameAsync<string>(task)).WaitAsync(Deadline.Usual);

        (end.State, count).Should().Be((state, runs));
    }

    [Fact]
    public async Task Filter_ThatForgivesAnError_EndsWithoutValue()
    {
        await using var host = await ExtensionHost.StartAsync(queue => queue.AddFilter<Forgiving>(), new DelegateHandler("work", run =>
        {
            run.Return("half", CeleryNet.Serialization.WireConverters.String);
            throw new IOException("late");
        }));

        var end = await (await host.Client.EnqueueByNameAsync<string?>("work")).WaitAsync(Deadline.Usual);

        end.State.Should().Be(TaskStates.Success);
        end.Read<string?>().Should().BeNull();
    }

    [Fact]
    public async Task Filter_ThatCallsNextTwice_FailsTheTaskAfterOneRun()
    {
        var count = 0;
        await using var host = await ExtensionHost.StartAsync(queue => queue.AddFilter<Twice>(), DelegateHandler.Returning("work", _ => Task.FromResult($"{Interlocked.Increment(ref count)}")));

        var end = await (await host.Client.EnqueueByNameAsync("work")).WaitAsync(Deadline.Usual);

        (end.State, count).Should().Be((TaskStates.Failure, 1));
        end.Error!.Message.Should().Match("*Twice*called next twice*[CN2007]");
    }

    private sealed class Outer(Notes notes, Scoped scoped) : ITaskFilter
    {
        public async ValueTask<TaskOutcome> InvokeAsync(TaskContext context, TaskRunDelegate next)
        {
            notes.Add($"outer {scoped.Number}");
            var outcome = await next();
            notes.Add($"/outer {outcome.Kind}");
            return outcome;
        }
    }

    private sealed class Inner(Notes notes, Scoped scoped) : ITaskFilter
    {
        public async ValueTask<TaskOutcome> InvokeAsync(TaskContext context, TaskRunDelegate next)
        {
            notes.Add($"inner {scoped.Number}");
            var outcome = await next();
            notes.Add($"/inner {outcome.Kind}");
            return outcome;
        }
    }

    private sealed class Throwing : ITaskFilter
    {
        public async ValueTask<TaskOutcome> InvokeAsync(TaskContext context, TaskRunDelegate next) => context.Name == "bad" ? throw new IOException("of the filter") : await next();
    }

    private sealed class Unmakeable(Uri missing) : ITaskFilter
    {
        public ValueTask<TaskOutcome> InvokeAsync(TaskContext context, TaskRunDelegate next) => throw new InvalidOperationException(missing.ToString());
    }

    private sealed class Deciding : ITaskFilter
    {
        public async ValueTask<TaskOutcome> InvokeAsync(TaskContext context, TaskRunDelegate next)
        {
            if (context.Name == "cancel") return TaskOutcome.Cancel("not today");
            if (context.Name == "throw cancel") throw new TaskOutcomeException(TaskOutcome.Cancel("not today"));
            var outcome = await next();
            return context.Retries == 0 ? TaskOutcome.Retry(TimeSpan.Zero) : outcome;
        }
    }

    private sealed class Forgiving : ITaskFilter
    {
        public async ValueTask<TaskOutcome> InvokeAsync(TaskContext context, TaskRunDelegate next)
        {
            try
            {
                return await next();
            }
            catch (IOException)
            {
                return TaskOutcome.Success;
            }
        }
    }

    private sealed class Twice : ITaskFilter
    {
        public async ValueTask<TaskOutcome> InvokeAsync(TaskContext context, TaskRunDelegate next)
        {
            await next();
            return await next();
        }
    }
}
