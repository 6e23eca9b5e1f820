using System.Runtime.InteropServices;
using Chronos.Executor.Protocol;

namespace Chronos.Executor.Native;

/// <summary>A user of this machine.</summary>
internal sealed record UserAccount(string Name, uint UserId, uint GroupId, string Home)
{
    internal TaskUser ToTaskUser() => new(Name, UserId, GroupId);
}

/// <summary>Looks users up as the system does, directories such as LDAP included.</summary>
internal static unsafe partial class UserAccounts
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>The user this process runs as.</summary>
    internal static UserAccount Current()
    {
        Entry entry;
        Entry* result;
        var buffer = stackalloc byte[BufferBytes];
        var error = ById(Libc.EffectiveUser(), &entry, buffer, BufferBytes, &result);
        return error == 0 && result is not null
            ? ToAccount(entry)
            : new(Libc.EffectiveUser().ToString(), Libc.EffectiveUser(), 0, "/");
    }

    /// <summary>A user by name; null: there is none.</summary>
    internal static UserAccount? Find(string name)
    {
        Entry entry;
        Entry* result;
        var buffer = stackalloc byte[BufferBytes];
        return ByName(name, &entry, buffer, BufferBytes, &result) == 0 && result is not null ? ToAccount(entry) : null;
    }

    private static UserAccount ToAccount(in Entry entry) => new(
        Marshal.PtrToStringUTF8(entry.Name) ?? "", entry.UserId, entry.GroupId,
        Marshal.PtrToStringUTF8(entry.Home) ?? "/");

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ByName(string name, Entry* entry, byte* buffer, nuint size, Entry** result);

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static partial int ById(uint user, Entry* entry, byte* buffer, nuint size, Entry** result);

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public nint Name;
        public nint Password;
        public uint UserId;
        public uint GroupId;
        public nint Comment;
        public nint Home;
        public nint Shell;
    }
}
