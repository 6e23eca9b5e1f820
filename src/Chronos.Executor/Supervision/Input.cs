using Chronos.Executor.Native;
using Chronos.Executor.Protocol;

namespace Chronos.Executor.Supervision;

/// <summary>Something the supervising thread has to know.</summary>
internal abstract record Input;

/// <summary>A server has connected; earlier connections count no more.</summary>
internal sealed record Connected(ServerLink Link) : Input;

/// <summary>A connection has ended.</summary>
internal sealed record Disconnected(ServerLink Link) : Input;

/// <summary>A server says something.</summary>
internal sealed record Received(ServerLink Link, Frame Frame) : Input;

/// <summary>Children have ended.</summary>
internal sealed record ChildrenEnded : Input;

/// <summary>A task of an earlier executor has ended.</summary>
internal sealed record AdoptedEnded(string Id, ProcessEnd? End) : Input;

/// <summary>The disk has the acceptance of these tasks, or the error says why not.</summary>
internal sealed record AcceptedSynced(IReadOnlyList<TaskEntry> Tasks, int Error) : Input;

/// <summary>The files of an attempt are there, or it is said why not.</summary>
internal sealed record Fetched(string Id, string? Problem) : Input;

/// <summary>The executor is to end; its tasks go on.</summary>
internal sealed record Stopped : Input;
