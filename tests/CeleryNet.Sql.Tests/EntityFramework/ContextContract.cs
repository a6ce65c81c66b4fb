using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using static CeleryNet.Canvas;

namespace CeleryNet.Sql.Tests.EntityFramework;

/// <summary>What is promised of tasks that are sent with what a context saves, on each database.</summary>
public abstract class ContextContract : ContextSuite
{
    [SkippableFact]
    public async Task SaveChanges_EntitiesAndTasks_AreCommittedTogether()
    {
        var contexts = await StartAsync();
        await using var context = await contexts.CreateDbContextAsync();
        context.Add(new Order { Name = "a" });
        var task = context.Enqueue(BillTasks.BillTask("a"));

        await context.SaveChangesAsync();

        (await DoneAsync(contexts)).Should().Equal("a");
        (await OrdersAsync(contexts)).Should().Equal("a");
        task.Handle.Id.Should().Be(task.Id);
    }

    [SkippableFact]
    public async Task SaveChanges_Synchronous_SendsToo()
    {
        var contexts = await StartAsync();
        await using var context = await contexts.CreateDbContextAsync();
        context.Add(new Order { Name = "a" });
        context.Enqueue(BillTasks.BillTask("a"));

        context.SaveChanges();
        context.Enqueue(BillTasks.BillTask("without entities"));
        context.SaveChanges();
        await using (var transaction = await context.Database.BeginTransactionAsync())
        {
            context.Enqueue(BillTasks.BillTask("in a transaction"));
            context.SaveChanges();
            await transaction.CommitAsync();
        }

        (await DoneAsync(contexts)).Should().Equal("a", "without entities", "in a transaction");
    }

    [SkippableFact]
    public async Task SaveChanges_TasksAlone_AreSentOnce()
    {
        var contexts = await StartAsync();
        await using var context = await contexts.CreateDbContextAsync();
        context.Enqueue(BillTasks.BillTask("a"));

        await context.SaveChangesAsync();
        await context.SaveChangesAsync();

        (await DoneAsync(contexts)).Should().Equal("a");
    }

    [SkippableFact]
    public async Task SaveChanges_GroupAfterAFailure_SendsItsMembersOnce()
    {
        var contexts = await StartAsync();
        await AddAsync(contexts, "taken");
        await using var context = await contexts.CreateDbContextAsync();
        var order = new Order { Name = "taken" };
        context.Add(order);
        var group = context.Enqueue(Group(BillTasks.BillTask("a"), BillTasks.BillTask("b")));

        await context.Awaiting(self => self.SaveChangesAsync()).Should().ThrowAsync<DbUpdateException>();
        group.Invoking(self => self.Handle).Should().Throw<InvalidOperationException>();
        order.Name = "free";
        await context.SaveChangesAsync();

        (await DoneAsync(contexts)).Should().Equal("a", "b");
        group.Handle.Id.Should().Be(group.Id);
    }

    [SkippableFact]
    public async Task SaveChanges_CallMadeFromTheEntity_KnowsTheKeyThatTheDatabaseMade()
    {
        var contexts = await StartAsync();
        await using var context = await contexts.CreateDbContextAsync();
        var order = new Order { Name = "a" };
        context.Add(order);
        context.Enqueue(order, saved => BillTasks.BillTask($"order {saved.Id}"));

        await context.SaveChangesAsync();

        order.Id.Should().BePositive();
        (await DoneAsync(contexts)).Should().Equal($"order {order.Id}");
    }

    [SkippableFact]
    public async Task SaveChanges_FailedAndTriedAgain_SendsEachOnce()
    {
        var contexts = await StartAsync();
        await AddAsync(contexts, "taken");
        await using var context = await contexts.CreateDbContextAsync();
        var order = new Order { Name = "taken" };
        context.Add(order);
        context.Enqueue(BillTasks.BillTask("a"));
        context.Enqueue(BillTasks.BillTask("b") | BillTasks.BillTask(Prev));

        await context.Awaiting(self => self.SaveChangesAsync()).Should().ThrowAsync<DbUpdateException>();
        var before = await DoneAsync(contexts);
        order.Name = "free";
        await context.SaveChangesAsync();

        before.Should().BeEmpty();
        (await DoneAsync(contexts)).Should().StartWith(["a", "b"]).And.HaveCountLessThanOrEqualTo(3, "the second of the chain may come after what is counted");
        (await OrdersAsync(contexts)).Should().Equal("taken", "free");
    }

    [SkippableFact]
    public async Task SaveChanges_TaskThatCannotBeMade_CommitsNothingAndLeavesTheEntitiesChanged()
    {
        var contexts = await StartAsync();
        await using var context = await contexts.CreateDbContextAsync();
        var order = new Order { Name = "a" };
        context.Add(order);
        var fails = true;
        context.Enqueue(order, _ => fails ? throw new InvalidOperationException("no call") : BillTasks.BillTask("a"));

        await context.Awaiting(self => self.SaveChangesAsync()).Should().ThrowAsync<InvalidOperationException>().WithMessage("no call");
        var before = await OrdersAsync(contexts);
        fails = false;
        await context.SaveChangesAsync();

        before.Should().BeEmpty();
        (await OrdersAsync(contexts)).Should().Equal("a");
        (await DoneAsync(contexts)).Should().Equal("a");
    }

    [SkippableFact]
    public async Task Transaction_OfTheApplication_SendsWhatSeveralSavesWroteWhenItCommits()
    {
        var contexts = await StartAsync();
        await using var context = await contexts.CreateDbContextAsync();
        await using (var transaction = await context.Database.BeginTransactionAsync())
        {
            foreach (var name in new[] { "a", "b" })
            {
                context.Add(new Order { Name = name });
                context.Enqueue(BillTasks.BillTask(name));
                await context.SaveChangesAsync();
            }

            await transaction.CommitAsync();
        }

        await context.SaveChangesAsync();

        (await DoneAsync(contexts)).Should().Equal("a", "b");
        (await OrdersAsync(contexts)).Should().Equal("a", "b");
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Transaction_RolledBackOrLeft_SendsNothing(bool rollsBack)
    {
        var contexts = await StartAsync();
        await using var context = await contexts.CreateDbContextAsync();
        await using (var transaction = await context.Database.BeginTransactionAsync())
        {
            context.Add(new Order { Name = "a" });
            context.Enqueue(BillTasks.BillTask("a"));
            await context.SaveChangesAsync();
            if (rollsBack) await transaction.RollbackAsync();
        }

        context.ChangeTracker.Clear(); // SQLite gives the key once more
        context.Add(new Order { Name = "b" });
        await context.SaveChangesAsync();

        (await DoneAsync(contexts)).Should().BeEmpty();
        (await OrdersAsync(contexts)).Should().Equal("b");
    }

    [SkippableFact]
    public async Task Transaction_WithASaveThatFails_SendsWhatTheNextOneSaves()
    {
        var contexts = await StartAsync();
        await AddAsync(contexts, "taken");
        await using var context = await contexts.CreateDbContextAsync();
        await using (var transaction = await context.Database.BeginTransactionAsync())
        {
            var order = new Order { Name = "taken" };
            context.Add(order);
            context.Enqueue(BillTasks.BillTask("a"));
            await context.Awaiting(self => self.SaveChangesAsync()).Should().ThrowAsync<DbUpdateException>();
            order.Name = "free";
            await context.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        (await DoneAsync(contexts)).Should().Equal("a");
        (await OrdersAsync(contexts)).Should().Equal("taken", "free");
    }

    [SkippableFact]
    public async Task Transaction_RolledBackBeforeTheChangesWereAccepted_SendsThemWithTheNext()
    {
        var contexts = await StartAsync();
        await using var context = await contexts.CreateDbContextAsync();
        context.Add(new Order { Name = "a" });
        context.Enqueue(BillTasks.BillTask("a"));
        await using (await context.Database.BeginTransactionAsync()) await context.SaveChangesAsync(acceptAllChangesOnSuccess: false);

        await using (var transaction = await context.Database.BeginTransactionAsync())
        {
            await context.SaveChangesAsync(acceptAllChangesOnSuccess: false);
            await transaction.CommitAsync();
        }

        context.ChangeTracker.AcceptAllChanges();
        await context.SaveChangesAsync();

        (await DoneAsync(contexts)).Should().Equal("a");
        (await OrdersAsync(contexts)).Should().Equal("a");
    }

    [SkippableFact]
    public async Task Context_EndsWithTasksThatWereNotSaved_WarnsAndTheNextOfThePoolHasNone()
    {
        var contexts = await StartAsync();
        await using (var context = await contexts.CreateDbContextAsync()) context.Enqueue(BillTasks.BillTask("a"));

        await using (var next = await contexts.CreateDbContextAsync()) await next.SaveChangesAsync();

        (await DoneAsync(contexts)).Should().BeEmpty();
        Warned.Should().ContainSingle(line => line.StartsWith("ShopContext ended with 1 "));
    }

    [SkippableFact]
    public async Task Enqueue_WhileSaving_IsSentWithTheSameSaveAndLeavesTheContextAsItWas()
    {
        var contexts = await StartAsync(options => options.AddInterceptors(new Enqueuing()));
        await using var context = await contexts.CreateDbContextAsync();
        context.Add(new Order { Name = "a" });

        await context.SaveChangesAsync();

        (await DoneAsync(contexts)).Should().Equal("a");
        context.Database.AutoTransactionBehavior.Should().Be(AutoTransactionBehavior.WhenNeeded);
    }

    [SkippableFact]
    public async Task Enqueue_ContextThatDoesNotKnowCeleryNet_SaysHow()
    {
        await StartAsync();
        var options = new DbContextOptionsBuilder<ShopContext>();
        UseDatabase(options);
        await using var context = new ShopContext(options.Options);

        var enqueue = () => context.Enqueue(BillTasks.BillTask("a"));

        enqueue.Should().Throw<TaskQueueConfigurationException>().WithMessage("ShopContext does not know CeleryNet*UseCeleryNet(services)*");
    }

    /// <summary>Chooses the database as broker.</summary>
    protected abstract void UseBroker(TaskQueueBuilder queue);

    /// <summary>Chooses the database for the context.</summary>
    protected abstract void UseDatabase(DbContextOptionsBuilder options);

    protected Task<IDbContextFactory<ShopContext>> StartAsync(Action<DbContextOptionsBuilder>? configure = null) => StartAsync(UseBroker, options =>
    {
        UseDatabase(options);
        configure?.Invoke(options);
    });

    protected static async Task AddAsync(IDbContextFactory<ShopContext> contexts, string name)
    {
        await using var context = await contexts.CreateDbContextAsync();
        context.Add(new Order { Name = name });
        await context.SaveChangesAsync();
    }

    // As an application does that sends what happened in its entities.
    private sealed class Enqueuing : SaveChangesInterceptor
    {
        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            foreach (var entry in eventData.Context!.ChangeTracker.Entries<Order>()) eventData.Context.Enqueue(BillTasks.BillTask(entry.Entity.Name));
            return new(result);
        }
    }
}
