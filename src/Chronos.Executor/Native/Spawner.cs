using System.Runtime.InteropServices;

namespace Chronos.Executor.Native;

/// <summary>What to start.</summary>
/// <param name="Arguments">Program and arguments.</param>
/// <param name="Environment">All variables, as <c>NAME=value</c>.</param>
/// <param name="Directory">Where it runs.</param>
/// <param name="StdoutPath">File that takes its output.</param>
/// <param name="StderrPath">File that takes its errors.</param>
internal readonly record struct SpawnRequest(
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> Environment,
    string Directory,
    string StdoutPath,
    string StderrPath);

/// <summary>Starts processes through <c>posix_spawn</c>, each in its own session, with input from nowhere, output to
/// files, and the signal settings of a fresh process. Used by one thread.</summary>
internal sealed unsafe class Spawner : IDisposable
{
    private const short SetSignalDefault = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;
    private const int AppendFlags = Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenAppend;
    private const int StructureSize = 512; // glibc: 80 and 336 bytes; musl: 80 and 336
    private const int FirstFreeDescriptor = 3;

    private static readonly delegate* unmanaged<void*, int, int> CloseFrom = FindCloseFrom();

    private readonly void* attributes = NativeMemory.AllocZeroed(StructureSize);
    private readonly void* actions = NativeMemory.AllocZeroed(StructureSize);
    private readonly NativeStrings strings = new();

    internal Spawner()
    {
        var set = stackalloc byte[128];
        Check(Libc.AttributesInit(attributes), "posix_spawnattr_init");
        Check(Libc.AttributesSetFlags(attributes, SetSignalDefault | SetSignalMask | SetSession), "setflags");
        Check(Libc.SignalSetEmpty(set), "sigemptyset");
        Check(Libc.AttributesSetSignalMask(attributes, set), "setsigmask");
        for (var signal = 1; signal < 32; signal++) Check(Libc.SignalSetAdd(set, signal), "sigaddset");
        Check(Libc.AttributesSetSignalDefault(attributes, set), "setsigdefault");
    }

    /// <summary>Starts a process.</summary>
    /// <returns>0 and its number, or the error that prevented it.</returns>
    internal int Spawn(in SpawnRequest request, out int pid)
    {
        var error = Spawn(request, request.Arguments, out pid);
        if (error != Libc.ExecFormat) return error;

        // A script without an interpreter line: what execvp and every shell do.
        return Spawn(request, ["/bin/sh", .. request.Arguments], out pid);
    }

    public void Dispose()
    {
        NativeMemory.Free(attributes);
        NativeMemory.Free(actions);
        strings.Dispose();
    }

    private int Spawn(in SpawnRequest request, IReadOnlyList<string> arguments, out int pid)
    {
        strings.Reset();
        Check(Libc.FileActionsInit(actions), "posix_spawn_file_actions_init");
        try
        {
            Check(Libc.FileActionsAddOpen(actions, 0, strings.Add("/dev/null"), Libc.OpenReadOnly, 0), "addopen");
            Check(Libc.FileActionsAddOpen(actions, 1, strings.Add(request.StdoutPath), AppendFlags, 0x180), "addopen");
            Check(Libc.FileActionsAddOpen(actions, 2, strings.Add(request.StderrPath), AppendFlags, 0x180), "addopen");
            Check(Libc.FileActionsAddChdir(actions, strings.Add(request.Directory)), "addchdir_np");
            if (CloseFrom is not null) Check(CloseFrom(actions, FirstFreeDescriptor), "addclosefrom_np");
            int started;
            var error = Libc.PosixSpawn(
                &started, strings.Add(arguments[0]), actions, attributes, strings.Add(arguments),
                strings.Add(request.Environment));
            pid = error == 0 ? started : 0;
            return error;
        }
        finally
        {
            Check(Libc.FileActionsDestroy(actions), "posix_spawn_file_actions_destroy");
        }
    }

    // glibc has it since 2.34, musl has not; everything this process opens is closed on exec anyway.
    private static delegate* unmanaged<void*, int, int> FindCloseFrom() =>
        NativeLibrary.TryGetExport(
            NativeLibrary.GetMainProgramHandle(), "posix_spawn_file_actions_addclosefrom_np", out var address)
            ? (delegate* unmanaged<void*, int, int>)address
            : null;

    private static void Check(int error, string call)
    {
        if (error != 0) throw new InvalidOperationException($"{call} failed: {Libc.Describe(error)}");
    }
}
