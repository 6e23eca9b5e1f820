using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Chronos.Configuration;

/// <summary>Reads a configuration file. JSON is read as the YAML it is. Sections join with their keys, so that
/// <c>http: {port: 80}</c> is <c>http-port: 80</c>; a list is its items with commas.</summary>
public static class ConfigurationFile
{
    /// <summary>The entries of a file, or where and why it cannot be read.</summary>
    public static (IReadOnlyList<ConfigurationEntry> Entries, string? Error) Parse(string text)
    {
        var entries = new List<ConfigurationEntry>();
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count == 0) return ([], null);
            if (stream.Documents[0].RootNode is YamlMappingNode root) Flatten("", root, entries);
            else if (stream.Documents[0].RootNode is not YamlScalarNode { Value: null or "" })
                return ([], "1: A list of keys and values is needed, such as http-port: 8080.");
            return (entries, null);
        }
        catch (YamlException e)
        {
            return ([], $"{e.Start.Line}: {e.InnerException?.Message ?? e.Message}");
        }
        catch (InvalidOperationException) // thrown by the scanner of YamlDotNet for brackets that are not closed
        {
            return ([], "1: This is not valid YAML. Look for brackets and quotes that are not closed.");
        }
    }

    private static void Flatten(string prefix, YamlMappingNode map, List<ConfigurationEntry> entries)
    {
        foreach (var (keyNode, value) in map.Children)
        {
            var key = prefix + Kebab((keyNode as YamlScalarNode)?.Value ?? "?");
            var line = (int)keyNode.Start.Line;
            if (value is YamlMappingNode section) Flatten(key + "-", section, entries);
            else if (value is YamlSequenceNode list) entries.Add(new(key, string.Join(',', list.Children), line));
            else if (value is YamlScalarNode scalar && !IsNull(scalar)) entries.Add(new(key, scalar.Value ?? "", line));
        }
    }

    private static bool IsNull(YamlScalarNode scalar) =>
        scalar.Style == ScalarStyle.Plain && scalar.Value is null or "" or "~" or "null";

    /// <summary>httpPort and http_port are http-port.</summary>
    private static string Kebab(string key)
    {
        var kebab = new StringBuilder(key.Length + 4);
        foreach (var c in key)
        {
            if (char.IsAsciiLetterUpper(c) && kebab.Length > 0) kebab.Append('-');
            kebab.Append(c == '_' ? '-' : char.ToLowerInvariant(c));
        }
        return kebab.ToString();
    }
}

/// <summary>An entry of a configuration file.</summary>
/// <param name="Key">Kebab-case name.</param>
/// <param name="Text">The value.</param>
/// <param name="Line">Line, from 1.</param>
public sealed record ConfigurationEntry(string Key, string Text, int Line);
