using System.Text.Json;

namespace Chronos.Simulation.Mutations;

/// <summary>Compiles one project of the product with a mistake in it, with the very arguments of its build but without
/// its analyzers, which would only say that the mistake is ugly.</summary>
internal sealed class MutantCompiler
{
    private static readonly string[] Unneeded = ["/warnaserror", "/refout", "/out", "/analyzerconfig", "/noconfig",
        "/additionalfile", "/embed", "/debug", "/errorreport", "/features"];

    private static readonly string[] Judges = ["CodeStyle", "NetAnalyzers", "BannedApi"];
    private readonly string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent?.Name ?? "Release";
    private readonly Dictionary<string, Lazy<IReadOnlyList<string>>> arguments = new(StringComparer.Ordinal);
    private readonly string compiler;

    public MutantCompiler()
    {
        Root = FindRoot();
        foreach (var project in new[] { "Chronos.Core", "Chronos.Runtime" })
            arguments[project] = new(() => ReadArguments(project));
        compiler = FindCompiler();
    }

    /// <summary>The root of the repository.</summary>
    public string Root { get; }

    /// <summary>Writes the mutated assembly into a folder.</summary>
    public void Compile(Mutation mutation, string folder)
    {
        var mutated = Path.Combine(folder, Path.GetFileName(mutation.File));
        File.WriteAllText(mutated, mutation.Apply(File.ReadAllText(Path.Combine(Root, mutation.File))));
        var project = Path.Combine(Root, "src", mutation.Project);
        var source = Path.GetRelativePath(project, Path.Combine(Root, mutation.File));
        var lines = arguments[mutation.Project].Value.Select(a => a == source ? mutated : a).ToList();
        if (!lines.Contains(mutated)) throw new InvalidOperationException($"{source} is not compiled.");
        var response = Path.Combine(folder, "compile.rsp");
        File.WriteAllLines(response, lines.Select(Quote));
        var result = Command.Run(project, TimeSpan.FromMinutes(2), "dotnet", "exec", compiler, "/noconfig", "/nologo",
            "/shared", $"@{response}", $"/out:{Path.Combine(folder, mutation.Project)}.dll");
        if (result.ExitCode != 0) throw new InvalidOperationException($"It does not compile: {result.Output}");
    }

    private IReadOnlyList<string> ReadArguments(string project)
    {
        var result = Command.Run(Path.Combine(Root, "src", project), TimeSpan.FromMinutes(2), "dotnet", "msbuild",
            $"{project}.csproj", "-nologo", "-t:Compile", "-getItem:CscCommandLineArgs",
            $"-p:Configuration={configuration}", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true",
            "-p:NonExistentFile=none/none"); // else it finds itself up to date and says nothing
        using var json = JsonDocument.Parse(result.Output);
        return
        [
            .. json.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray()
                .Select(a => a.GetProperty("Identity").GetString() ?? "").Where(IsNeeded),
        ];
    }

    private static bool IsNeeded(string argument) =>
        !Unneeded.Any(u => argument.StartsWith(u, StringComparison.Ordinal))
        && !(argument.StartsWith("/analyzer:", StringComparison.Ordinal)
            && Judges.Any(j => argument.Contains(j, StringComparison.Ordinal)));

    private static string Quote(string argument) =>
        argument.Contains(' ', StringComparison.Ordinal) && !argument.Contains('"', StringComparison.Ordinal)
            ? $"\"{argument}\"" : argument;

    private string FindCompiler()
    {
        var sdk = Command.Run(Root, TimeSpan.FromMinutes(1), "dotnet", "--version").Output.Trim();
        var line = Command.Run(Root, TimeSpan.FromMinutes(1), "dotnet", "--list-sdks").Output.Split('\n')
            .First(l => l.StartsWith(sdk + " ", StringComparison.Ordinal));
        var folder = line[(line.IndexOf('[', StringComparison.Ordinal) + 1)..].Trim().TrimEnd(']');
        return Path.Combine(folder, sdk, "Roslyn", "bincore", "csc.dll");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Chronos.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
