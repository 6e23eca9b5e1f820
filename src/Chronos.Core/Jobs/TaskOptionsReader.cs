using System.Text.Json;

namespace Chronos.Core.Jobs;

/// <summary>Reads how the command of a job is run.</summary>
internal static class TaskOptionsReader
{
    /// <summary>Takes the place of a constraint that was refused, so that the others keep their indexes.</summary>
    private static readonly Constraint Refused = new("refused", ConstraintOperator.Equals, "");

    public static TaskOptions Read(JsonFields fields)
    {
        if (!fields.HasAny(JobFieldNames.OfTask)) return TaskOptions.Default;
        var (fetch, uris) = FetchReader.Read(fields);
        return fields.Reading.Share(new TaskOptions
        {
            Engine = fields.Text("engine"),
            Shell = fields.Flag("shell", absent: true),
            Arguments = fields.Texts("arguments", fields.Reading.Limits.CommandLengthMax),
            Environment = new EnvironmentReader(fields, "environmentVariables", secret: false).Read(),
            Secrets = new EnvironmentReader(fields, "secrets", secret: true).Read(),
            WorkingDirectory = fields.Text("workingDirectory"),
            RunAsUser = ReadUser(fields),
            Fetch = fetch,
            Uris = uris,
            Executor = fields.Text("executor"),
            ExecutorFlags = fields.Text("executorFlags"),
            TaskInfoData = fields.Text("taskInfoData"),
            Container = ContainerReader.Read(fields),
            Constraints = fields.List("constraints", (e, path) => ReadConstraint(e, path, fields.Reading)),
        });
    }

    /// <summary>Chronos JSON shows the server's default user in jobs that name none; posted back, such a job still
    /// names none.</summary>
    private static string ReadUser(JsonFields fields)
    {
        var user = fields.Text("runAsUser");
        var reading = fields.Reading;
        var followsServer = reading.IsChronos && reading.Options.Existing?.Task.RunAsUser.Length == 0;
        return followsServer && user == reading.Defaults.RunAsUser ? "" : user;
    }

    private static Constraint ReadConstraint(JsonElement element, string path, JobReading reading)
    {
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() != 3)
        {
            reading.Log.Refuse(path, element, "A constraint is a list of attribute, operator and value.",
                "Write it like [\"rack\", \"EQUALS\", \"rack-1\"].");
            return Refused;
        }

        var attribute = reading.Values.Text(element[0], $"{path}[0]", reading.Limits.TextLengthMax);
        var comparison = reading.Values.Word(element[1], $"{path}[1]", JobWords.Operators);
        var value = reading.Values.Text(element[2], $"{path}[2]", reading.Limits.TextLengthMax);
        return attribute is null || comparison is null || value is null
            ? Refused
            : new(attribute, comparison.Value, value);
    }
}
