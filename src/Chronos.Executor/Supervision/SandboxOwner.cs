using System.IO.Enumeration;
using System.Runtime.InteropServices;
using Chronos.Executor.Native;
using Chronos.Executor.Output;

namespace Chronos.Executor.Supervision;

/// <summary>Makes a sandbox, with what was fetched into it, the property of the user that its task runs as.</summary>
internal static class SandboxOwner
{
    /// <summary>Changes the owner of everything below, of links themselves and never of what they lead to: an archive
    /// may hold a link to a folder of the machine, and we may be root.</summary>
    /// <returns>What could not be done; null: all was.</returns>
    internal static string? Give(string sandbox, uint user, uint group)
    {
        try
        {
            foreach (var path in EntriesOf(sandbox))
                if (Change(path, user, group) is { } problem) return problem;
            foreach (var name in OutputNames.All)
            {
                var path = Path.Join(sandbox, name);
                if (new FileInfo(path).LinkTarget is not null)
                    return $"'{path}' is a link, which the output would follow. Remove it from what is fetched.";
                // The outputs exist before the task does, so that they are its user's and can be opened by name.
                new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write).Dispose();
                if (Change(path, user, group) is { } problem) return problem;
            }

            return Change(sandbox, user, group);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static FileSystemEnumerable<string> EntriesOf(string sandbox) => new(
        sandbox,
        (ref FileSystemEntry entry) => entry.ToFullPath(),
        new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false })
    {
        ShouldRecursePredicate = (ref FileSystemEntry entry) =>
            !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
    };

    private static string? Change(string path, uint user, uint group)
    {
        if (Libc.ChangeOwner(path, user, group) == 0) return null;
        return $"'{path}' cannot be given to user {user}: {Libc.Describe(Marshal.GetLastPInvokeError())}.";
    }
}
