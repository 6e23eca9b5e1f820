using System.CommandLine;
using Chronos.Api;
using Chronos.Client;
using Chronos.CommandLine;

namespace Chronos.Jobs;

/// <summary><c>chronos job next</c></summary>
public static class JobNextCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ClientCommand client, CommandExamples examples)
    {
        var name = new Argument<string>("name") { Description = "Name of the job." };
        var count = new Option<int>("--count", "-n")
        {
            DefaultValueFactory = _ => 10,
            Description = "How many, 1 to 1000.",
        };
        var from = new Option<DateTimeOffset?>("--from") { Description = "Only after this instant; default now." };
        var command = new Command("next", "Shows when a job is due next, and times that daylight saving shifts.")
        {
            name, count, from,
        };
        client.SetAction(command, async call =>
        {
            var preview = await call.Client.GetScheduleAsync(
                call.Get(name), call.Get(count), call.Get(from), call.CancellationToken);
            if (call.WantsJson) JsonOutput.Write(call.Output, preview);
            else Write(call.Output, preview);
            return ExitCodes.Success;
        });
        examples.Add(command, "chronos job next report -n 3", "chronos job next report --from 2027-03-28T00:00:00Z");
        return command;
    }

    private static void Write(TextWriter output, SchedulePreview preview)
    {
        output.WriteLine($"{preview.Schedule} in {preview.TimeZone}, {preview.Kind}");
        var table = new TextTable("UTC", "LOCAL", "");
        foreach (var occurrence in preview.Occurrences)
            table.Add(
                TextTable.Time(occurrence.At),
                occurrence.Local ?? "-",
                occurrence.ShiftedFrom is { } from ? $"shifted: {from} does not exist on that day" : "");
        table.Write(output);
        if (preview.Remaining is { } remaining) output.WriteLine($"{remaining} left");
    }
}
