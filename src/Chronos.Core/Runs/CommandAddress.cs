namespace Chronos.Core.Runs;

/// <summary>A command that is the address of a program: it is fetched, and run with the arguments.</summary>
public static class CommandAddress
{
    /// <summary>Whether a command is one.</summary>
    public static bool TryRead(string command, out Uri address) =>
        Uri.TryCreate(command, UriKind.Absolute, out address!)
        && address.Scheme is "http" or "https" or "ftp"
        && address.Host.Length > 0
        && !command.Any(char.IsWhiteSpace);

    /// <summary>The name under which the program is fetched; empty: its address has none.</summary>
    public static string ProgramName(Uri address) => FileName(address.AbsolutePath);

    /// <summary>The last segment of an address.</summary>
    public static string FileName(string address)
    {
        var end = address.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? address : address[..end];
        var name = Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
        return name is "." or ".." || name.Contains('/', StringComparison.Ordinal) ? "" : name;
    }
}
