using System.Collections.Concurrent;
using Chronos.Executor.Fetch;
using Chronos.Executor.Journal;
using Chronos.Executor.Limits;
using Chronos.Executor.Native;
using Chronos.Executor.Output;
using Chronos.Executor.Protocol;
using Chronos.Runtime.Leadership;
using Microsoft.Extensions.Logging;

namespace Chronos.Executor.Supervision;

/// <summary>Owns the tasks. One thread listens to the server and to the other threads, starts and reaps processes,
/// writes the journal and only then reports: decide, write down, act, write down, tell.</summary>
internal sealed partial class Supervisor : IDisposable
{
    private const int SpawnsPerTurn = 8;
    private const int RetryMilliseconds = 250;
    private const long CompactionBytes = 4 * 1024 * 1024;
    private const int LinesPerTask = 8;

    private readonly ExecutorOptions options;
    private readonly ILogger logger;
    private readonly ServerListener servers;
    private readonly Doorbell bell = new();
    private readonly ConcurrentQueue<Input> inbox = new(); // bounded by the number of attempts
    private readonly List<Frame> frames = [];
    private readonly Dictionary<string, TaskEntry> tasks = new(StringComparer.Ordinal);
    private readonly Dictionary<int, TaskEntry> byPid = [];
    private readonly Queue<TaskEntry> toSpawn = new();
    private readonly HashSet<TaskEntry> killing = [];
    private readonly HashSet<string> toClean = new(StringComparer.Ordinal);
    private readonly List<TaskEntry> changed = [];
    private readonly HashSet<TaskEntry> isChanged = [];
    private readonly Spawner spawner = new();
    private readonly TaskJournal journal;
    private readonly Preparation preparation;
    private readonly ChildWatch children;
    private readonly OutputTrimmer trimmer;
    private readonly Fetcher fetcher;

    private TaskSettings settings = new();
    private ITaskLimits? limits; // chosen when a server says what it wants
    private bool isWelcomed;
    private bool isStopped;
    private int activeCount;
    private int lineCount;
    private string problem = "";
    private long idleSince = Environment.TickCount64;
    private long nextKillCheck = long.MaxValue;

    internal Supervisor(ExecutorOptions options, ServerListener servers, ILogger logger)
    {
        this.options = options;
        this.servers = servers;
        this.logger = logger;
        var (opened, entries) = TaskJournal.Open(options.Directory);
        journal = opened;
        preparation = new(journal, Post);
        children = new(bell.Ring);
        trimmer = new(logger);
        fetcher = new(logger);
        Restore(entries);
    }

    private ITaskLimits Limits => limits ??= ChooseLimits(serverPid: 0);

    /// <summary>Takes an input; for other threads.</summary>
    internal void Post(Input input)
    {
        inbox.Enqueue(input);
        bell.Ring();
    }

    /// <summary>Runs until stopped, or until there is nothing to do and no server for a while.</summary>
    internal void Run()
    {
        StartThread("children", children.Run);
        StartThread("preparation", preparation.Run);
        StartThread("output", trimmer.Run);
        if (tasks.Values.Any(task => task.Phase == TaskPhase.Running))
            StartThread("adopted", new AdoptedWatch(
                tasks.Values.Where(task => task.Phase == TaskPhase.Running),
                (id, end) => Post(new AdoptedEnded(id, end))).Run);
        ShortSlices.Request();
        while (!isStopped && !IsIdleForLong()) Turn();
        limits?.Close();
    }

    public void Dispose()
    {
        journal.Dispose();
        spawner.Dispose();
        fetcher.Dispose();
    }

    private static void StartThread(string name, Action run) =>
        new Thread(() => run()) { Name = name, IsBackground = true }.Start();

    private void Restore(IReadOnlyList<JournalEntry> entries)
    {
        var recovery = new Recovery(ProcessTable.ReadBootId(), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        foreach (var task in recovery.Run(entries))
        {
            tasks[task.Id] = task;
            if (task.IsOver) continue;
            activeCount++;
            if (task.Sandbox.Length > 0) trimmer.Watch(task.Sandbox);
            if (!task.IsKillAsked) continue;
            killing.Add(task);
            nextKillCheck = 0;
        }

        var error = Compact();
        if (error != 0) SetProblem($"The journal cannot be written: {Libc.Describe(error)}.");
        LogRestored(tasks.Count, activeCount);
    }

    private void Turn()
    {
        Listen(PauseMilliseconds());
        while (inbox.TryDequeue(out var input)) Handle(input);
        ReapAll();
        if (Environment.TickCount64 >= nextKillCheck) CheckKills();
        SpawnSome();
        Flush();
    }

    private void Listen(int pauseMilliseconds)
    {
        if (pauseMilliseconds > 0) children.LookOnce();
        var isOther = servers.Wait(bell, pauseMilliseconds, frames);
        foreach (var frame in frames) HandleFrame(frame);
        frames.Clear();
        if (isOther && servers.TryAccept()) isWelcomed = false;
    }

    private int PauseMilliseconds()
    {
        if (toSpawn.Count > 0) return 0;
        var pause = changed.Count > 0 ? RetryMilliseconds : (long)options.IdleExit.TotalMilliseconds;
        if (nextKillCheck != long.MaxValue) pause = Math.Min(pause, nextKillCheck - Environment.TickCount64);
        return (int)Math.Clamp(pause, 0, int.MaxValue);
    }

    private bool IsIdleForLong()
    {
        var isCleaning = toClean.Count > 0 && settings.KillLeftovers;
        if (servers.HasServer || activeCount > 0 || changed.Count > 0 || isCleaning)
        {
            idleSince = Environment.TickCount64;
            return false;
        }

        return Environment.TickCount64 - idleSince >= options.IdleExit.TotalMilliseconds;
    }

    private void Handle(Input input)
    {
        switch (input)
        {
            case Fetched fetched:
                EndFetch(fetched);
                break;
            case Prepared prepared:
                BeginPrepared(prepared);
                break;
            case AdoptedEnded adopted:
                if (tasks.TryGetValue(adopted.Id, out var task)) EndMain(task, adopted.End);
                break;
            case Stopped:
                isStopped = true;
                break;
            default:
                throw new InvalidOperationException($"Nobody handles {input.GetType().Name}.");
        }
    }

    private void HandleFrame(Frame frame)
    {
        if (frame.Hello is { } hello) Welcome(hello);
        if (!isWelcomed) return;
        if (frame.Launch is { Count: > 0 } launch)
        {
            if (frame.LaunchBefore is { } end && BootClock.Now.Ticks >= end) LogLaunchIsVoid(launch.Count);
            else Accept(launch);
        }

        if (frame.Kill is { } kill)
            foreach (var order in kill) AskToEnd(order);
        if (frame.Forget is { Count: > 0 } forget) ForgetAll(forget);
    }

    private void Welcome(Hello hello)
    {
        if (hello.Version != Frame.CurrentVersion)
        {
            LogOtherVersion(hello.Version);
            servers.Send(new() { Welcome = new(Frame.CurrentVersion, Environment.ProcessId, [], []) });
            return;
        }

        settings = hello.Settings;
        trimmer.Configure(settings);
        fetcher.Configure(settings);
        limits ??= ChooseLimits(hello.ServerPid);
        isWelcomed = true;
        Flush(); // what is listed must be written
        var reports = tasks.Values.Select(task => task.ToReport()).ToList();
        servers.Send(new()
        {
            Welcome = new(Frame.CurrentVersion, Environment.ProcessId, Limits.Describe(settings), reports),
            Problem = problem,
        });
    }

    private ITaskLimits ChooseLimits(int serverPid)
    {
        if (!settings.UseLimits) return new NoLimits("switched off");
        var chosen = CgroupV1Limits.TryCreate(options.Directory)
            ?? CgroupV2Limits.TryCreate(options.Directory, serverPid) as ITaskLimits
            ?? new NoLimits("no permission for control groups");
        var used = tasks.Values.Where(task => !task.IsOver).Select(task => task.Group).ToHashSet();
        toClean.UnionWith(chosen.Groups().Where(group => !used.Contains(group))); // ended while nobody watched
        nextKillCheck = 0;
        return chosen;
    }

    private void ForgetAll(IReadOnlyList<string> ids)
    {
        foreach (var id in ids)
        {
            if (!tasks.TryGetValue(id, out var task) || !task.IsOver) continue;
            tasks.Remove(id);
            Append(task.Line(JournalKind.Forgotten));
        }

        if (journal.Length < CompactionBytes || lineCount < LinesPerTask * (tasks.Count + 1)) return;
        if (FlushJournal() == 0 && Compact() is not 0 and var error) LogNotCompacted(Libc.Describe(error));
    }

    private int Compact()
    {
        var opened = new JournalEntry { Kind = JournalKind.Opened, Id = ProcessTable.ReadBootId() };
        var lines = tasks.Values.SelectMany(task => task.ToJournal()).Prepend(opened).ToList();
        var error = journal.Compact(lines);
        if (error == 0) lineCount = lines.Count;
        return error;
    }

    private void Append(JournalEntry entry)
    {
        journal.Append(entry);
        lineCount++;
    }

    private void Change(TaskEntry task)
    {
        if (isChanged.Add(task)) changed.Add(task);
    }

    // A report must never say more than the journal: while the journal cannot be written, reports wait.
    private void Flush()
    {
        if (FlushJournal() == 0 && changed.Count > 0)
        {
            if (isWelcomed) servers.Send(new() { Reports = changed.ConvertAll(task => task.ToReport()) });
            changed.Clear();
            isChanged.Clear();
        }

        servers.Flush();
    }

    private int FlushJournal()
    {
        var error = journal.Flush(sync: false);
        SetProblem(error == 0 ? "" : $"The journal cannot be written: {Libc.Describe(error)}.");
        return error;
    }

    private void SetProblem(string text)
    {
        if (text == problem) return;
        problem = text;
        LogProblem(text.Length == 0 ? "none any more" : text);
        if (isWelcomed) servers.Send(new() { Problem = text });
    }
}
