using System.Globalization;
using System.Text;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime.Text;

namespace Chronos.Server.Notifications;

/// <summary>A message in words; the subjects are those of Mesos Chronos, so that filters go on working.</summary>
public sealed record NotificationText(string Subject, string Body)
{
    /// <summary>The words for a message.</summary>
    public static NotificationText For(Notify message, NotificationOptions options)
    {
        var name = message.Snapshot.Job.Name;
        var prefix = options.ClusterName.Length > 0 ? $"[{options.ClusterName}] " : "";
        return new($"{prefix}[Chronos] {SubjectOf(message.Event, name)}", BodyOf(message, options));
    }

    private static string SubjectOf(NotifyEvent what, string name) => what switch
    {
        NotifyEvent.Failure => $"job '{name}' failed!",
        NotifyEvent.Attempt => $"an attempt of job '{name}' failed",
        NotifyEvent.Recovery => $"job '{name}' recovered",
        NotifyEvent.Success => $"job '{name}' succeeded",
        NotifyEvent.Missed => $"job '{name}' was not started in time",
        NotifyEvent.Disabled => $"job '{name}' disabled",
        NotifyEvent.Removed => $"Your job '{name}' was deleted!",
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, "Unknown event."),
    };

    private static string BodyOf(Notify message, NotificationOptions options)
    {
        var (job, run) = (message.Snapshot.Job, message.Run);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"'{InstantPattern.General.Format(message.At)}'.");
        if (message.Event == NotifyEvent.Failure)
            text.Append(CultureInfo.InvariantCulture, $" Retries attempted: {Math.Max(0, (run?.Attempt ?? 1) - 1)}.");
        text.AppendLine();
        if (message.Event == NotifyEvent.Disabled) text.AppendLine(message.Snapshot.State.DisabledReason);
        if (run is not null) Describe(text, job, run, options);
        if (message.Waiting.Count > 0)
            text.AppendLine().Append("Jobs that now wait: ").AppendJoin(", ", message.Waiting).AppendLine(".");
        return text.ToString();
    }

    private static void Describe(StringBuilder text, Job job, Run run, NotificationOptions options)
    {
        var arguments = run.Arguments ?? string.Join(' ', job.Task.Arguments);
        if (run.Attempt > 0)
            text.AppendLine($"Task id: {new ChronosTaskId(run.Nominal, run.Attempt - 1, job.Name, arguments)}");
        text.AppendLine($"Run: {run.Id}, due {InstantPattern.General.Format(run.Nominal)}");
        if (run.Reason.Length > 0) text.AppendLine().AppendLine("The scheduler provided this message:").AppendLine()
            .AppendLine(run.Reason);
        if (options.WebUrl is { } url) text.AppendLine().AppendLine(new Uri(url, $"v1/runs/{run.Id}").ToString());
    }
}
