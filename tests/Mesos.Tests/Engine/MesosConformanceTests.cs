using Chronos.Testing.Engines;

namespace Mesos.Tests.Engine;

/// <summary>What every engine promises, kept by the Mesos engine on a simulated cluster with real processes.</summary>
public sealed class MesosConformanceTests : EngineConformance
{
    protected override async Task<EngineHarness> CreateAsync() => await MesosHarness.CreateAsync();
}
