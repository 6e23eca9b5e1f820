namespace Chronos.Core.Schedules;

/// <summary>One reason why a schedule was refused.</summary>
/// <param name="Code">Stable identifier of the rule, such as <c>cron-out-of-range</c>.</param>
/// <param name="Field">The part that is wrong, such as <c>minute</c>, <c>start</c> or <c>time zone</c>.</param>
/// <param name="Value">That part as it was written.</param>
/// <param name="Message">One sentence with the field, the value, the rule and the remedy.</param>
public sealed record ScheduleError(string Code, string Field, string Value, string Message);
