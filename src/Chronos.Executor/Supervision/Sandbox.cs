using System.Runtime.InteropServices;
using Chronos.Executor.Native;
using Chronos.Executor.Output;

namespace Chronos.Executor.Supervision;

/// <summary>The folder of a task: where it runs, with what was fetched for it and what it prints.</summary>
internal static class Sandbox
{
    private const uint SharedMode = 0x1C9; // rwx--x--x: a task's user may pass through, but not look
    private const uint OwnMode = 0x1C0; // rwx------
    private const uint OutputMode = 0x180; // rw-------

    /// <summary>Makes a sandbox with empty outputs. One that is there already stays as it is: it may be its user's by
    /// now, who could have put links in it.</summary>
    /// <returns>Why it cannot be made; null: it is there.</returns>
    internal static string? Make(string path)
    {
        var error = MakeFolder(path, OwnMode);
        if (error == Libc.NoEntry)
        {
            var shard = Path.GetDirectoryName(path) ?? "/";
            if (MakeFolder(shard, SharedMode) == Libc.NoEntry)
                _ = MakeFolder(Path.GetDirectoryName(shard) ?? "/", SharedMode);
            _ = MakeFolder(shard, SharedMode);
            error = MakeFolder(path, OwnMode);
        }

        if (error == Libc.Exists) return null;
        if (error == 0) error = MakeOutputs(path);
        return error == 0 ? null : $"The sandbox '{path}' cannot be made: {Libc.Describe(error)}.";
    }

    private static int MakeFolder(string path, uint mode) =>
        Libc.MakeDirectory(path, mode) == 0 ? 0 : Marshal.GetLastPInvokeError();

    private static int MakeOutputs(string sandbox)
    {
        const int Flags = Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenCloseOnExec;
        foreach (var name in OutputNames.All)
        {
            var descriptor = Libc.Open(Path.Join(sandbox, name), Flags, OutputMode);
            if (descriptor < 0) return Marshal.GetLastPInvokeError();
            _ = Libc.Close(descriptor);
        }

        return 0;
    }
}
