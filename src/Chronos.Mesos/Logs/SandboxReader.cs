using System.Net;
using Chronos.Core.Runs;
using Chronos.Mesos.Agents;
using Chronos.Mesos.Detection;
using Chronos.Mesos.Http;
using Chronos.Mesos.Wire;
using Chronos.Runtime.Ports;
using AgentCall = Chronos.Mesos.Protocol.Agent.Call;
using AgentResponse = Chronos.Mesos.Protocol.Agent.Response;

namespace Chronos.Mesos.Logs;

/// <summary>Reads output out of the sandboxes on agents. Agents speak bytes in this interface, so that output which is
/// no text comes through as it is; each answer has at most 64 KiB.</summary>
internal sealed class SandboxReader(MasterHttp agentHttp, AgentDirectory agents)
{
    /// <summary>Reads a part from the first of these places that has it.</summary>
    /// <returns>The part; null: the task has not written yet, or there is no place.</returns>
    /// <exception cref="LogUnavailableException">The agent is gone, refuses, or has collected the sandbox.</exception>
    internal async Task<LogPart?> ReadAsync(
        string frameworkId, AttemptId attempt, IReadOnlyList<OutputPlace> places, OutputRange range,
        CancellationToken cancellationToken)
    {
        LogUnavailableException? unavailable = null;
        foreach (var place in places)
        {
            try
            {
                if (place.AgentId is null) continue;
                var part = await ReadAsync(frameworkId, attempt, place, range, cancellationToken);
                if (part is not null) return part;
            }
            catch (LogUnavailableException e)
            {
                unavailable = e; // another agent of the same host may have it
            }
        }

        return unavailable is null ? null : throw unavailable;
    }

    private async Task<LogPart?> ReadAsync(
        string frameworkId, AttemptId attempt, OutputPlace place, OutputRange range,
        CancellationToken cancellationToken)
    {
        var address = await AddressOfAsync(place, cancellationToken);
        var path = $"/frameworks/{frameworkId}/executors/{attempt}/runs/latest/{range.File}";
        try
        {
            return await ReadAsync(address, path, place.IsComplete, range, cancellationToken);
        }
        catch (HttpRequestException e) when (e.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new LogUnavailableException(
                $"Agent {Name(place)} refuses to show the sandbox ({e.Message}); give the server a principal and "
                + "secret for agents.", e);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or IOException
            or MessageFormatException)
        {
            throw new LogUnavailableException($"Agent {Name(place)} does not answer: {e.Message}", e);
        }
    }

    private async Task<LogPart?> ReadAsync(
        MasterAddress address, string path, bool isComplete, OutputRange range, CancellationToken cancellationToken)
    {
        var start = range.Offset;
        if (start < 0)
        {
            var empty = await ReadOnceAsync(address, path, 0, 0, cancellationToken);
            if (empty is null) return Missing(isComplete);
            start = Math.Max(0, (long)empty.Size + start);
        }

        var bytes = new MemoryStream();
        while (true)
        {
            var wanted = range.BytesMax - (int)bytes.Length;
            var part = await ReadOnceAsync(address, path, start + bytes.Length, wanted, cancellationToken);
            if (part is null) return Missing(isComplete);
            part.Data.WriteTo(bytes);
            var size = (long)part.Size;
            if (part.Data.Length > 0 && bytes.Length < range.BytesMax && start + bytes.Length < size) continue;
            return new(Math.Min(start, size), bytes.ToArray(), size, isComplete);
        }
    }

    private static LogPart? Missing(bool isComplete) => isComplete
        ? throw new LogUnavailableException(
            "The agent has no output of this task: it made no sandbox, or has removed it after its --gc_delay.", null)
        : null;

    private async Task<AgentResponse.Types.ReadFile?> ReadOnceAsync(
        MasterAddress address, string path, long offset, int length, CancellationToken cancellationToken)
    {
        var question = new AgentCall
        {
            Type = AgentCall.Types.Type.ReadFile,
            ReadFile = new() { Path = path, Offset = (ulong)offset, Length = (ulong)length },
        };
        return (await agentHttp.AskAsync<AgentResponse>(address, question, cancellationToken))?.ReadFile;
    }

    private async Task<MasterAddress> AddressOfAsync(OutputPlace place, CancellationToken cancellationToken)
    {
        if (place.AgentId is not { } id) throw new InvalidOperationException("A place without an agent has no output.");
        if (agents.Find(id) is { } known) return known.Address;
        try
        {
            await agents.LookAsync(cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or IOException
            or MessageFormatException)
        {
            // The list only knows better than the offer; without it the offer has to do.
            if (place.Address is null)
                throw new LogUnavailableException($"The master does not say where agent {id} is: {e.Message}", e);
        }

        return agents.Find(id)?.Address ?? place.Address
            ?? throw new LogUnavailableException($"Agent {Name(place)} is not in the cluster any more.", null);
    }

    private static string Name(OutputPlace place) => place.HostName.Length > 0
        ? $"{place.AgentId} on {place.HostName}"
        : place.AgentId ?? "";
}
