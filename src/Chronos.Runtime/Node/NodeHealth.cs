using NodaTime;

namespace Chronos.Runtime.Node;

/// <summary>How the node does, for people and health checks.</summary>
/// <param name="IsLive">Whether the node loop goes round; false means the process should be restarted.</param>
/// <param name="IsReady">Whether the node decides and answers now.</param>
/// <param name="Problems">What is wrong, as sentences; empty: nothing.</param>
/// <param name="StartedAt">When the process began.</param>
/// <param name="Term">The present leadership; 0: none.</param>
/// <param name="OverdueFor">How long the most overdue decision has been waiting; zero: none is late.</param>
/// <param name="PendingInputs">Inputs that wait for the loop.</param>
public sealed record NodeHealth(
    bool IsLive,
    bool IsReady,
    IReadOnlyList<string> Problems,
    Instant StartedAt,
    long Term,
    Duration OverdueFor,
    int PendingInputs);
