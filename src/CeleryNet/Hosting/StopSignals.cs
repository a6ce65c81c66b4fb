using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Hosting;

/// <summary>
/// Hears how urgent a stop is. The first SIGTERM or SIGINT is the host's affair and starts an ordinary stop; a second one hurries it. SIGQUIT stops the host and hurries at once.
/// Thread-safe.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly IHostApplicationLifetime? _lifetime;
    private readonly CancellationTokenSource _hurry = new();
    private readonly Lock _lock = new();
    private List<PosixSignalRegistration> _registrations = [];
    private int _stops;

    /// <param name="lifetime">Stops the host; <c>null</c> where there is none.</param>
    public StopSignals(IHostApplicationLifetime? lifetime = null) => _lifetime = lifetime;

    /// <summary>Cancelled when the stop is to be hurried.</summary>
    internal CancellationToken Hurry => _hurry.Token;

    /// <summary>Listens to the signals of the process from now on.</summary>
    internal void Listen()
    {
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT })
            _registrations.Add(PosixSignalRegistration.Create(signal, context => context.Cancel |= Take(context.Signal)));
    }

    /// <summary>Takes a signal.</summary>
    /// <returns>True when it has been dealt with here, so that it must not end the process.</returns>
    internal bool Take(PosixSignal signal)
    {
        if (signal == PosixSignal.SIGQUIT)
        {
            SetHurry();
            _lifetime?.StopApplication();
            return true;
        }

        if (Interlocked.Increment(ref _stops) < 2) return false;
        SetHurry();
        return true;
    }

    public void Dispose()
    {
        List<PosixSignalRegistration> registrations;
        lock (_lock) (registrations, _registrations) = (_registrations, []);
        foreach (var registration in registrations) registration.Dispose();
    }

    // Off this thread: what waits for the token goes on where it is cancelled, and signals are few threads' work.
    private void SetHurry() => _ = _hurry.CancelAsync(); // only this library waits for it, and its waits do not throw
}
