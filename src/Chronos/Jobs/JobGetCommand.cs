using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chronos.Api;
using Chronos.Client;
using Chronos.CommandLine;
using Chronos.JobFiles;

namespace Chronos.Jobs;

/// <summary><c>chronos job get</c>: the answer can be applied again.</summary>
public static class JobGetCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ClientCommand client, CommandExamples examples)
    {
        var name = new Argument<string>("name") { Description = "Name of the job." };
        var command = new Command("get", "Shows a job: its definition as YAML, and its state as comments.") { name };
        client.SetAction(command, async call =>
        {
            var job = await call.Client.GetJobAsync(call.Get(name), call.CancellationToken);
            if (call.WantsJson) WriteJson(call.Output, job);
            else WriteYaml(call.Output, job);
            return ExitCodes.Success;
        });
        examples.Add(command, "chronos job get report", "chronos job get report > report.yaml");
        return command;
    }

    private static void WriteJson(TextWriter output, JobDocument job)
    {
        var document = (JsonObject)job.Definition.DeepClone();
        document["status"] = JsonSerializer.SerializeToNode(job.Status, ApiJson.Default.JobStatus);
        JsonOutput.WriteNode(output, document);
    }

    /// <summary>The server shows every field; those that say nothing hide those that do.</summary>
    private static JsonObject WithoutEmpty(JsonObject definition) => new(definition
        .Where(pair => pair.Value is not (null or JsonArray { Count: 0 } or JsonObject { Count: 0 })
            && !(pair.Value is JsonValue value && value.TryGetValue(out string? text) && text.Length == 0))
        .Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));

    private static void WriteYaml(TextWriter output, JobDocument job)
    {
        var status = job.Status;
        output.WriteLine($"# state: {status.State}");
        if (status.DisabledReason is { } reason) output.WriteLine($"# disabled: {reason}");
        if (status.Next is { } next) output.WriteLine($"# next: {TextTable.Time(next.At)}");
        if (status.LastRun is { } last)
            output.WriteLine($"# last run: {last.State} at {TextTable.Time(last.EndedAt)}, {last.Id}");
        foreach (var run in status.ActiveRuns) output.WriteLine($"# active run: {run.State}, {run.Id}");
        output.WriteLine($"# succeeded: {status.Counters.SuccessCount}, failed: {status.Counters.ErrorCount}");
        if (status.Children.Count > 0) output.WriteLine($"# starts: {string.Join(", ", status.Children)}");
        output.Write(YamlText.Of(WithoutEmpty(job.Definition)));
    }
}
