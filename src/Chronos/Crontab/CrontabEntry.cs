namespace Chronos.Crontab;

/// <summary>A line of a crontab that starts something, with the settings in force at that line.</summary>
/// <param name="Line">Number of the line, from 1.</param>
/// <param name="Schedule">Five fields or a macro, as written.</param>
/// <param name="User">The user of a system crontab; empty: none was given.</param>
/// <param name="Command">The shell line, with <c>\%</c> unescaped.</param>
/// <param name="Comment">The comment right above the line; empty: none.</param>
/// <param name="Environment">Variables set above the line, in the order of their first appearance.</param>
public sealed record CrontabEntry(
    int Line,
    string Schedule,
    string User,
    string Command,
    string Comment,
    IReadOnlyList<KeyValuePair<string, string>> Environment);

/// <summary>Something in a crontab that a job cannot express, or expresses differently.</summary>
/// <param name="Line">Number of the line, from 1.</param>
/// <param name="IsLost">True: the line was left out; false: it was taken over, with this difference.</param>
/// <param name="Reason">What and why, as a sentence.</param>
public sealed record CrontabFinding(int Line, bool IsLost, string Reason);

/// <summary>What a crontab says.</summary>
public sealed record CrontabContent(IReadOnlyList<CrontabEntry> Entries, IReadOnlyList<CrontabFinding> Findings);
