using CeleryNet.Contracts;
using CeleryNet.RabbitMQ.Connections;

namespace CeleryNet.RabbitMQ.Tests.Connections;

public sealed class ReconnectPaceTests
{
    private readonly ReconnectPace _pace = new(new Random(1), TimeProvider.System);

    [Fact]
    public async Task Enter_WhileTheServerIsThere_TakesNoTurn()
    {
        var turns = new[] { await _pace.EnterAsync(CancellationToken.None), await _pace.EnterAsync(CancellationToken.None) };

        turns.Should().OnlyContain(turn => turn == null);
    }

    [Fact]
    public async Task Enter_AfterAFailure_LetsOneInAfterTheOther()
    {
        _pace.Failed(_pace.Round);

        using var first = await _pace.EnterAsync(CancellationToken.None).AsTask().Within(); // after half a second at most
        var second = _pace.EnterAsync(CancellationToken.None).AsTask();

        first.Should().NotBeNull();
        second.IsCompleted.Should().BeFalse("one attempt at a time");
        _pace.Succeeded();
        first!.Dispose();
        using (await second.Within()) { } // without a further wait
        (await _pace.EnterAsync(CancellationToken.None)).Should().BeNull();
    }

    [Fact]
    public async Task Failed_AttemptsThatRanTogether_CountAsOne()
    {
        var round = _pace.Round;

        for (var i = 0; i < 10; i++) _pace.Failed(round);

        _pace.Round.Should().Be(round + 1);
        using (await _pace.EnterAsync(CancellationToken.None).AsTask().Within(TimeSpan.FromSeconds(1.5))) { } // the first step of the backoff, not the fourth
    }

    [Fact]
    public async Task Enter_Cancelled_LeavesItsPlaceToTheNext()
    {
        _pace.Failed(_pace.Round);
        using var cancelled = new CancellationTokenSource();
        var gone = _pace.EnterAsync(cancelled.Token).AsTask();

        await cancelled.CancelAsync();

        await gone.Invoking(enter => enter).Should().ThrowAsync<OperationCanceledException>();
        using (await _pace.EnterAsync(CancellationToken.None).AsTask().Within()) { }
    }
}
