namespace Chronos.JobFiles;

/// <summary>Collects job definitions from files and folders. A folder is searched with everything below it, so the
/// layout of chronos-sync (<c>scheduled/*.yaml</c>, <c>dependent/*.yaml</c>) needs nothing special.</summary>
public sealed class JobFileReader(TextReader input)
{
    /// <summary>Path that means standard input.</summary>
    public const string StandardInput = "-";

    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    private readonly List<JobDefinition> jobs = [];
    private readonly List<string> errors = [];

    /// <summary>Reads all paths, in their order; files of a folder by name.</summary>
    public JobFileContent Read(IEnumerable<string> paths)
    {
        foreach (var path in paths) ReadPath(path);
        foreach (var twins in jobs.Where(job => job.Name.Length > 0).GroupBy(job => job.Name).Where(g => g.Count() > 1))
            errors.Add($"{twins.Last().LocationOf("name")}: The job '{twins.Key}' is also defined at "
                + $"{twins.First().LocationOf("name")}; remove one of them.");
        return new(jobs, errors);
    }

    private void ReadPath(string path)
    {
        if (path == StandardInput)
        {
            ReadText(path, input.ReadToEnd());
            return;
        }
        if (!Directory.Exists(path))
        {
            ReadFile(path);
            return;
        }
        var before = jobs.Count + errors.Count;
        foreach (var file in FilesBelow(path)) ReadFile(file);
        if (jobs.Count + errors.Count == before)
            errors.Add($"{path}: There is no job here; files must end in {string.Join(", ", Extensions)}.");
    }

    private static IEnumerable<string> FilesBelow(string folder) => Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
        .Where(file => !Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar)
            .Any(part => part.StartsWith('.')))
        .Order(StringComparer.Ordinal);

    private void ReadFile(string file)
    {
        try
        {
            ReadText(file, File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            errors.Add($"{file}: {e.Message}");
        }
    }

    private void ReadText(string file, string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            errors.Add($"{file}: There is nothing in it; give a job or a list of jobs.");
            return;
        }
        var content = IsJson(file, text) ? JsonJobs.Read(file, text) : YamlJobs.Read(file, text);
        // YAML may begin like JSON, and the name of standard input does not tell.
        if (content.Errors.Count > 0 && file == StandardInput && YamlJobs.Read(file, text) is { Errors.Count: 0 } yaml)
            content = yaml;
        jobs.AddRange(content.Jobs);
        errors.AddRange(content.Errors);
    }

    private static bool IsJson(string file, string text) => file == StandardInput
        ? text.AsSpan().TrimStart() is ['{' or '[', ..]
        : Path.GetExtension(file).Equals(".json", StringComparison.OrdinalIgnoreCase);
}
