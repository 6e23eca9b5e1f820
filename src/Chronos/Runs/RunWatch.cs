using System.Net;
using Chronos.Api;
using Chronos.Client;

namespace Chronos.Runs;

/// <summary>Watches one run until it ends.</summary>
public sealed class RunWatch(ClientCall call, string id)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>Waits for the end.</summary>
    public Task<RunDocument> WaitAsync() => WaitForAsync(RunText.HasEnded);

    /// <summary>Shows the output of all attempts from now on, then how the run ended.</summary>
    /// <param name="stream">stdout, stderr or both.</param>
    /// <returns>The exit code of the run.</returns>
    public async Task<int> FollowAsync(string stream)
    {
        var attempt = 0;
        while (true)
        {
            var seen = attempt;
            var run = await WaitForAsync(now => RunText.HasEnded(now) || now.Attempt > seen);
            if (run.Attempt > attempt)
            {
                attempt = run.Attempt;
                if (attempt > 1) call.Context.Error.WriteLine($"--- attempt {attempt}");
                await FollowAttemptAsync(stream, attempt);
            }
            else
            {
                call.Context.Error.WriteLine(RunText.Sentence(run));
                return RunText.ExitCodeOf(run);
            }
        }
    }

    private async Task FollowAttemptAsync(string stream, int attempt)
    {
        var both = stream == "both";
        var outputs = new List<Task>();
        if (both || stream == "stdout") outputs.Add(FollowStreamAsync("stdout", attempt, call.Output));
        if (both || stream == "stderr")
            outputs.Add(FollowStreamAsync("stderr", attempt, both ? call.Context.Error : call.Output));
        await Task.WhenAll(outputs);
    }

    /// <summary>The server may close a stream early, so it is taken up again until nothing can follow.</summary>
    private async Task FollowStreamAsync(string stream, int attempt, TextWriter output)
    {
        var offset = 0L;
        while (true)
        {
            var query = new LogQuery { Stream = stream, Attempt = attempt, Offset = offset };
            try
            {
                await foreach (var part in call.Client.FollowLogAsync(id, query, call.CancellationToken))
                {
                    await LogGap.WriteAsync(output, part.Offset, part.Dropped ?? 0);
                    await output.WriteAsync(part.Text.AsMemory(), call.CancellationToken);
                    offset = part.Next;
                }
                await output.FlushAsync(call.CancellationToken);
                var rest = query with { Offset = offset, Limit = 1 };
                var left = await call.Client.ReadLogAsync(id, rest, call.CancellationToken);
                if (left is { IsComplete: true, Bytes: [] }) return;
            }
            catch (ChronosApiException e) when (e.Status == HttpStatusCode.NotFound)
            {
                return; // an attempt that never started has no output
            }
            await Task.Delay(FirstPause, call.CancellationToken);
        }
    }

    private async Task<RunDocument> WaitForAsync(Func<RunDocument, bool> isReached)
    {
        var pause = FirstPause;
        while (true)
        {
            var run = await call.Client.GetRunAsync(id, call.CancellationToken);
            if (isReached(run)) return run;
            await Task.Delay(pause, call.CancellationToken);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }
    }
}
