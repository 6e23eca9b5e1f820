namespace Chronos.Serving;

/// <summary>How this program is started again.</summary>
public static class OwnProgram
{
    private const string Name = "chronos";

    /// <summary>The command line with a first argument. Where the process is another one, such as a test, the program
    /// lies beside it.</summary>
    public static IReadOnlyList<string> With(string argument)
    {
        if (Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == Name) return [own, argument];
        var program = Path.Join(AppContext.BaseDirectory, Name);
        return File.Exists(program)
            ? [program, argument]
            : ["/usr/bin/env", "dotnet", "exec", program + ".dll", argument];
    }
}
