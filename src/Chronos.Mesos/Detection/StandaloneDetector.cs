using System.Diagnostics;
using System.Net;
using Chronos.Mesos.Http;

namespace Chronos.Mesos.Detection;

/// <summary>Finds the leader among masters whose addresses are known. A single one is taken as it is; of several each
/// is asked with a request that only a leader answers with 405, so that an address is found which is known to be
/// reachable; a master that names another leader is believed where none of the list leads.</summary>
public sealed class StandaloneDetector(
    IReadOnlyList<MasterAddress> masters, MasterHttp http, TimeProvider time) : IMasterDetector
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task<MasterAddress> DetectAsync(CancellationToken cancellationToken)
    {
        if (masters.Count == 1) return masters[0];
        using var late = new CancellationTokenSource(Patience, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var answers = masters.Select(master => ProbeAsync(master, ending.Token)).ToList();
        var seen = new List<Probe>();
        while (answers.Count > 0)
        {
            var answer = await Task.WhenAny(answers);
            answers.Remove(answer);
            var probe = await answer;
            cancellationToken.ThrowIfCancellationRequested();
            if (!probe.IsLeader)
            {
                seen.Add(probe);
                continue;
            }

            await ending.CancelAsync();
            await Task.WhenAll(answers);
            return probe.Master;
        }

        if (seen.Find(probe => probe.Leader is not null)?.Leader is { } leader) return leader;
        var reasons = string.Join("; ", seen.Select(probe => $"{probe.Master}: {probe.Problem}"));
        throw new MasterNotFoundException($"None of the masters leads: {reasons}.");
    }

    /// <inheritdoc/>
    public async Task<MasterAddress> WaitForChangeAsync(MasterAddress current, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        throw new UnreachableException("A wait without end has ended.");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<Probe> ProbeAsync(MasterAddress master, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.ProbeAsync(master, cancellationToken);
            return answer.StatusCode switch
            {
                // Whether the credentials are good is for the subscription to say; it is a leader's check first.
                HttpStatusCode.MethodNotAllowed or HttpStatusCode.Unauthorized => new(master, true, null, ""),
                HttpStatusCode.TemporaryRedirect when MasterHttp.RedirectOf(answer, master) is { } leader =>
                    new(master, false, leader, $"says that {leader} leads"),
                _ => new(master, false, null, $"answered {(int)answer.StatusCode}"),
            };
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            var problem = e is OperationCanceledException ? "did not answer in time" : e.Message;
            return new(master, false, null, problem);
        }
    }

    private sealed record Probe(MasterAddress Master, bool IsLeader, MasterAddress? Leader, string Problem);
}
