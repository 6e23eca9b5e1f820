using Chronos.MesosSimulator.Http;
using Chronos.MesosSimulator.Masters;
using Microsoft.AspNetCore.Http;

namespace Chronos.MesosSimulator.Operators;

/// <summary>What operators may ask a master.</summary>
internal sealed class OperatorEndpoint(ClusterCore core, SimulatedMaster master)
{
    internal async Task AnswerAsync(HttpContext context, string path)
    {
        _ = (core, master, path);
        await Requests.AnswerAsync(context, new(404));
    }
}
