namespace Chronos.Core.Jobs;

/// <summary>What became of some job JSON: a job, or everything that is wrong with it.</summary>
/// <param name="Job">The job; null where there are violations.</param>
/// <param name="Violations">All broken rules; empty where there is a job.</param>
/// <param name="Warnings">What was ignored or read otherwise than the author may think.</param>
public sealed record JobReadResult(Job? Job, ValueList<Violation> Violations, ValueList<JobWarning> Warnings);

/// <summary>Something in an input that was accepted although its author may have meant something else.</summary>
/// <param name="Field">Path of the field as the author wrote it.</param>
/// <param name="Message">What was done with it, as a sentence.</param>
public sealed record JobWarning(string Field, string Message);
