using Chronos.Core.Jobs;
using Chronos.Mesos.Detection;

namespace Chronos.Mesos.Agents;

/// <summary>An agent of the cluster.</summary>
/// <param name="Id">Its id.</param>
/// <param name="HostName">Its machine.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Total">What it has.</param>
internal sealed record AgentEntry(string Id, string HostName, MasterAddress Address, Resources Total);
