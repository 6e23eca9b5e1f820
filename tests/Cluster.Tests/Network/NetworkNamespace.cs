using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Chronos.Cluster.Tests.Network;

/// <summary>Work inside a network namespace, setns(2).</summary>
internal static partial class NetworkNamespace
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET

    /// <summary>Does something on a thread that is in the namespace and ends with the work. A socket stays in the
    /// namespace in which it was made.</summary>
    public static T Run<T>(string file, Func<T> work)
    {
        T result = default!;
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter(file);
                result = work();
            }
            catch (Exception e)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        return error is null ? result : throw new InvalidOperationException($"In {file}: {error.Message}", error);
    }

    private static void Enter(string file)
    {
        using var handle = File.OpenHandle(file);
        if (SetNamespace(handle, NewNetwork) != 0)
            throw new InvalidOperationException($"setns: error {Marshal.GetLastPInvokeError()}; it needs root.");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle file, int kind);
}
