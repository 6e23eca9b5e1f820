using Chronos.Executor.Native;

namespace Chronos.Executor.Supervision;

/// <summary>Something that another thread tells the supervising one.</summary>
internal abstract record Input;

/// <summary>A task of an earlier executor has ended.</summary>
internal sealed record AdoptedEnded(string Id, ProcessEnd? End) : Input;

/// <summary>Accepted tasks have their sandboxes, or it is said why not, and the disk has their acceptance, or the error
/// says why not.</summary>
internal sealed record Prepared(IReadOnlyList<(TaskEntry Task, string? Problem)> Tasks, int JournalError) : Input;

/// <summary>The files of an attempt are there, or it is said why not.</summary>
internal sealed record Fetched(string Id, string? Problem) : Input;

/// <summary>The executor is to end; its tasks go on.</summary>
internal sealed record Stopped : Input;
