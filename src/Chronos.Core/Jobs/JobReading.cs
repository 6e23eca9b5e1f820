using System.Text.Json;

namespace Chronos.Core.Jobs;

/// <summary>One call of <see cref="JobReader.Read"/>: its options and what it has found so far.</summary>
internal sealed class JobReading
{
    public JobReading(JobReadOptions options)
    {
        Options = options;
        Log = new();
        Values = new(Log, lenient: options.Dialect == JobDialect.Chronos);
        var stored = options.Dialect == JobDialect.Stored;
        Defaults = stored ? JobDefaults.BuiltIn : options.Defaults;
        Limits = stored ? JobLimits.None : options.Limits;
    }

    public JobReadOptions Options { get; }

    public ReadLog Log { get; }

    public JsonValues Values { get; }

    public JobLimits Limits { get; }

    /// <summary>What absent fields mean. A stored job leaves out the built-in values, whatever flags the server has
    /// been given since.</summary>
    public JobDefaults Defaults { get; }

    public bool IsChronos => Options.Dialect == JobDialect.Chronos;

    public void HandleUnknown(string path, JsonProperty property, FieldNames names)
    {
        var unknown = FieldNames.TextOf(property);
        var near = JobFieldNames.HintFor(unknown) is { } hint && names.Knows(hint) ? hint : names.Nearest(unknown);
        var advice = near is null ? "Remove it." : $"Perhaps '{near}' is meant.";
        path = ReadLog.Cut(path);
        if (IsChronos) Log.Warn(path, $"No such field is known, so it was ignored. {advice}");
        else Log.Refuse(path, (string?)null, "No such field is known.", advice);
    }

    public TaskOptions Share(TaskOptions value) =>
        value == TaskOptions.Default ? TaskOptions.Default : Options.Interner?.Share(value) ?? value;

    public RunPolicy Share(RunPolicy value) =>
        value == RunPolicy.Default ? RunPolicy.Default : Options.Interner?.Share(value) ?? value;

    public Resources Share(Resources value)
    {
        if (value == Resources.Default) return Resources.Default;
        return value == Defaults.Resources ? Defaults.Resources : Options.Interner?.Share(value) ?? value;
    }

    public JobOwner Share(JobOwner value) => Options.Interner?.Share(value) ?? value;

    public JobSchedule Share(JobSchedule value) => Options.Interner?.Share(value) ?? value;

    public string Share(string value) => value.Length == 0 ? "" : Options.Interner?.Share(value) ?? value;
}
