using Chronos.Core.Jobs;
using Chronos.Core.Schedules;

namespace Chronos.Core.Scheduling;

/// <summary>A job as it was at one moment; immutable, safe to read from any thread.</summary>
/// <param name="Job">The definition.</param>
/// <param name="State">The state.</param>
/// <param name="Next">The next occurrence of the schedule; null: none will come.</param>
public sealed record JobSnapshot(Job Job, JobState State, Occurrence? Next);
