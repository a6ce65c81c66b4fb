using System.Runtime.InteropServices;
using CeleryNet.Contracts;
using CeleryNet.Hosting;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Tests.Hosting;

public sealed class StopSignalsTests
{
    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public void Take_FirstStop_IsTheHosts(PosixSignal signal)
    {
        using var signals = new StopSignals();

        signals.Take(signal).Should().BeFalse();

        signals.Hurry.IsCancellationRequested.Should().BeFalse();
    }

    [Fact]
    public async Task Take_SecondStop_Hurries()
    {
        using var signals = new StopSignals();
        var hurried = new TaskCompletionSource();
        using var registration = signals.Hurry.Register(hurried.SetResult);

        signals.Take(PosixSignal.SIGTERM);
        signals.Take(PosixSignal.SIGINT).Should().BeTrue("the process must live until it has given back its tasks");

        await hurried.Task.Within();
    }

    [Fact]
    public void Take_Quit_StopsTheHostAndHurriesAtOnce()
    {
        var lifetime = new Lifetime();
        using var signals = new StopSignals(lifetime);

        signals.Take(PosixSignal.SIGQUIT).Should().BeTrue();

        signals.Hurry.IsCancellationRequested.Should().BeTrue();
        lifetime.Stops.Should().Be(1);
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        internal int Stops { get; private set; }

        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => Stops++;
    }
}
