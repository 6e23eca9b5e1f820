using Chronos.Mesos.Agents;
using Chronos.Mesos.Client;
using Chronos.Runtime.Ports;
using Microsoft.Extensions.Logging;

namespace Chronos.Mesos.Engine;

/// <summary>What the engine's loop works with.</summary>
/// <param name="Options">How the cluster is used.</param>
/// <param name="Link">The way back to the node.</param>
/// <param name="Client">The way to the master.</param>
/// <param name="Agents">What is known of agents.</param>
/// <param name="Time">Deadlines.</param>
/// <param name="Logger">For people.</param>
internal sealed record EngineContext(
    MesosEngineOptions Options,
    EngineLink Link,
    SchedulerClient Client,
    AgentDirectory Agents,
    TimeProvider Time,
    ILogger Logger);
