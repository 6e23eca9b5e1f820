using System.CommandLine;
using System.Text;
using Chronos.Api;
using Chronos.Client;
using Chronos.CommandLine;

namespace Chronos.Runs;

/// <summary><c>chronos run logs</c></summary>
public sealed class RunLogsCommand
{
    private const int PartBytes = 1 << 20;

    private readonly Argument<string> id = RunCommands.Id();
    private readonly Option<bool> follow = new("--follow", "-f") { Description = "Goes on until the run has ended." };

    private readonly Option<string> stream = new("--stream", "-s")
    {
        DefaultValueFactory = _ => "both",
        Description = "stdout, stderr or both; both: standard error goes to standard error.",
    };

    private readonly Option<int?> attempt = new("--attempt")
    {
        Description = "Number of the attempt, from 1; default: the current or last one.",
    };

    private readonly Option<long?> tail = new("--tail") { Description = "Only this many lines before the end." };

    private readonly Option<bool> exitCode = new("--exit-code")
    {
        Description = "With --follow: ends with the exit code of the task.",
    };

    /// <summary>The command.</summary>
    public static Command Create(ClientCommand client, CommandExamples examples)
    {
        var parts = new RunLogsCommand();
        parts.stream.AcceptOnlyFromAmong("stdout", "stderr", "both");
        var command = new Command("logs", "Shows what a run has written.")
        {
            parts.id, parts.follow, parts.stream, parts.attempt, parts.tail, parts.exitCode,
        };
        client.SetAction(command, parts.RunAsync);
        examples.Add(
            command,
            "chronos run logs -f $ID",
            "chronos run logs --stream stdout --tail 20 $ID");
        return command;
    }

    private async Task<int> RunAsync(ClientCall call)
    {
        if (call.Get(follow))
        {
            if (call.Get(attempt) is not null || call.Get(tail) is not null)
                throw new UsageException("--follow shows all of all attempts; leave out --attempt and --tail.");
            var code = await new RunWatch(call, call.Get(id)).FollowAsync(call.Get(stream) ?? "both");
            return call.Get(exitCode) ? code : ExitCodes.Success;
        }
        var both = call.Get(stream) is null or "both";
        if (both || call.Get(stream) == "stdout") await CopyAsync(call, "stdout", call.Output);
        if (both || call.Get(stream) == "stderr")
            await CopyAsync(call, "stderr", both ? call.Context.Error : call.Output);
        return ExitCodes.Success;
    }

    private async Task CopyAsync(ClientCall call, string name, TextWriter output)
    {
        var decoder = Encoding.UTF8.GetDecoder(); // a character may lie across two parts
        var query = new LogQuery
        {
            Stream = name,
            Attempt = call.Get(attempt),
            Tail = call.Get(tail),
            Limit = PartBytes,
        };
        while (true)
        {
            var part = await call.Client.ReadLogAsync(call.Get(id), query, call.CancellationToken);
            await LogGap.WriteAsync(output, part.Offset, part.Dropped);
            var text = new char[Encoding.UTF8.GetMaxCharCount(part.Bytes.Length)];
            await output.WriteAsync(text.AsMemory(0, decoder.GetChars(part.Bytes, text, flush: false)));
            if (part.Bytes.Length == 0 || part.Next >= part.Size) break;
            query = query with { Offset = part.Next, Tail = null };
        }
        await output.FlushAsync(call.CancellationToken);
    }
}
