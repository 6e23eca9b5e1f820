using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Testing.Engines;

namespace Chronos.Integration.Tests.Local;

public sealed class SimulatedEngineTests : EngineConformance
{
    protected override Task<EngineHarness> CreateAsync() => SimulatedHarness.CreateAsync();

    private sealed class SimulatedHarness : EngineHarness
    {
        private readonly SimulatedEngine engine = new();

        internal static async Task<EngineHarness> CreateAsync()
        {
            var harness = new SimulatedHarness();
            harness.Engine = harness.engine;
            await harness.ReconnectAsync();
            return harness;
        }

        public override Task ReconnectAsync() => engine.ConnectAsync(null, Link, CancellationToken.None);

        public override Job HeldJob(string name) => new() { Name = name, Command = "held" };

        public override Task ExitAsync(AttemptId id, int exitCode)
        {
            engine.Exit(id, exitCode);
            return Task.CompletedTask;
        }

        public override Task WriteAsync(AttemptId id, string text)
        {
            engine.Write(id, text);
            return Task.CompletedTask;
        }

        public override ValueTask DisposeAsync() => engine.DisposeAsync();
    }
}
