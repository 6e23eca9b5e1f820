using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Chronos.JobFiles;

/// <summary>Reads jobs from YAML: one, a list, or several documents.</summary>
public static class YamlJobs
{
    /// <summary>Reads a text.</summary>
    public static JobFileContent Read(string file, string text)
    {
        var jobs = new List<JobDefinition>();
        var errors = new List<string>();
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            foreach (var node in stream.Documents.SelectMany(document => Items(document.RootNode)))
            {
                if (node is YamlMappingNode map)
                    jobs.Add(Read(file, map));
                else
                    errors.Add($"{file}:{node.Start.Line}: This is no job; a job is a mapping with name and command.");
            }
        }
        catch (YamlException e)
        {
            errors.Add($"{file}:{e.Start.Line}: {e.InnerException?.Message ?? e.Message} {Hint(text, e.Start.Line)}"
                .TrimEnd());
        }
        catch (InvalidOperationException) // thrown by the scanner of YamlDotNet for brackets that are not closed
        {
            errors.Add($"{file}: This is not valid YAML. Look for brackets and quotes that are not closed.");
        }

        return new(jobs, errors);
    }

    private static IEnumerable<YamlNode> Items(YamlNode root) => root switch
    {
        YamlSequenceNode list => list.Children,
        YamlScalarNode { Value: null or "" } => [], // a document with nothing but comments
        _ => [root],
    };

    private static JobDefinition Read(string file, YamlMappingNode map)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var key in map.Children.Keys)
            if (key is YamlScalarNode { Value: { } name })
                lines[name] = (int)key.Start.Line;
        var json = ServerOwned.Strip((JsonObject)YamlValues.ToJson(map)!); // a mapping always becomes an object
        return new(file, (int)map.Start.Line, json, lines);
    }

    /// <summary>The commonest mistake: <c>*</c> and <c>@</c> mean something to YAML.</summary>
    private static string Hint(string text, long line)
    {
        var written = text.Split('\n').ElementAtOrDefault((int)line - 1) ?? "";
        var value = written[(written.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimStart();
        return value.StartsWith('*') || value.StartsWith('@') || value.StartsWith('%')
            ? "A text that begins with *, @ or % must be in quotes."
            : "";
    }
}
