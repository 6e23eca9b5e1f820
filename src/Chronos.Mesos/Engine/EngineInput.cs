using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Mesos.Client;
using Chronos.Mesos.Logs;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Mesos.Engine;

/// <summary>What the engine's loop works through, in the order in which it came.</summary>
internal abstract record EngineInput
{
    private EngineInput()
    {
    }

    internal sealed record Launch(IReadOnlyList<LaunchRequest> Requests) : EngineInput;

    internal sealed record Kill(AttemptId Id, string JobName, Duration? Grace) : EngineInput;

    internal sealed record Reconcile(IReadOnlyList<KnownAttempt> Attempts) : EngineInput;

    internal sealed record Acknowledge(IReadOnlyList<AttemptId> Attempts) : EngineInput;

    internal sealed record RemoveLogs(IReadOnlyList<AttemptId> Attempts) : EngineInput;

    internal sealed record FindOutput(AttemptId Id, TaskCompletionSource<OutputPlace?> Found) : EngineInput;

    internal sealed record Inspect(TaskCompletionSource<EngineInspection> Found) : EngineInput;

    internal sealed record Subscribed(Subscription Subscription) : EngineInput;

    internal sealed record Told(Event Event) : EngineInput;

    internal sealed record Disconnected(string Reason, IReadOnlyList<Call> Unsent) : EngineInput;

    internal sealed record Refused(Call Call, string Reason) : EngineInput;

    internal sealed record IdentityKept(string FrameworkId) : EngineInput;

    internal sealed record Ended(SessionEnd End) : EngineInput;

    internal sealed record Tick : EngineInput
    {
        internal static readonly Tick Instance = new();
    }
}
