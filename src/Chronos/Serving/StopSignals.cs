using System.Runtime.InteropServices;

namespace Chronos.Serving;

/// <summary>Listens for Ctrl-C and SIGTERM. The first asks the server to end; the second ends the process at once.
/// </summary>
public sealed class StopSignals : IDisposable
{
    private const int ForcedExitCode = 130;

    private readonly CancellationTokenSource stop = new();
    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly TextWriter error;
    private int count;

    /// <summary>Begins to listen.</summary>
    public StopSignals(TextWriter error)
    {
        this.error = error;
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT])
            registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
    }

    /// <summary>Ends with the first signal.</summary>
    public CancellationToken Token => stop.Token;

    /// <summary>Asks the server to end, as a signal does.</summary>
    public void Stop() => stop.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref count) == 1)
        {
            stop.Cancel();
            return;
        }
        error.WriteLine("Ends at once. What was decided is stored, and tasks go on running.");
        Environment.Exit(ForcedExitCode);
    }
}
