using Chronos.Server.Auth;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Chronos.Configuration;

/// <summary>Reads the file with users and tokens.</summary>
public sealed class AccessList
{
    private readonly string path;
    private readonly List<UserCredential> users = [];
    private readonly List<TokenCredential> tokens = [];
    private readonly List<string> errors = [];

    private AccessList(string path) => this.path = path;

    /// <summary>Users and tokens, and everything that is wrong.</summary>
    public static AccessListContent Read(string path, Func<string, string> readFile)
    {
        var reader = new AccessList(path);
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(readFile(path)));
            if (stream.Documents.Count > 0 && stream.Documents[0].RootNode is YamlMappingNode root)
                foreach (var (key, list) in root.Children) reader.AddList(key, list);
            else
                reader.errors.Add($"{path}: Lists called users and tokens are needed.");
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or YamlException or InvalidOperationException)
        {
            reader.errors.Add($"The access file '{path}' cannot be read: {e.Message}");
        }
        return new(reader.users, reader.tokens, reader.errors);
    }

    private void AddList(YamlNode key, YamlNode list)
    {
        if (key.ToString() is not ("users" or "tokens") || list is not YamlSequenceNode items)
            errors.Add($"{path}:{key.Start.Line}: '{key}' is not known; there are lists called users and tokens.");
        else if (key.ToString() == "users")
            foreach (var item in items) AddUser(item);
        else
            foreach (var item in items) AddToken(item);
    }

    private void AddUser(YamlNode node)
    {
        if (Read(node, "passwordHash") is var (name, hash, role))
            users.Add(new() { Name = name, PasswordHash = hash, Role = role });
    }

    private void AddToken(YamlNode node)
    {
        if (Read(node, "tokenHash") is var (name, hash, role))
            tokens.Add(new() { Name = name, TokenHash = hash, Role = role });
    }

    private (string Name, string Hash, Role Role)? Read(YamlNode node, string hashField)
    {
        var place = $"{path}:{node.Start.Line}";
        if (node is not YamlMappingNode map)
        {
            errors.Add($"{place}: name, {hashField} and role are needed.");
            return null;
        }
        var item = map.Children.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value.ToString());
        foreach (var field in item.Keys)
            if (field != "name" && field != hashField && field != "role")
                errors.Add($"{place}: '{field}' is not known; there are name, {hashField} and role.");
        var role = Roles.Parse(item.GetValueOrDefault("role", ""));
        if (role is null) errors.Add($"{place}: The role must be viewer, operator or admin.");
        return (item.GetValueOrDefault("name", ""), item.GetValueOrDefault(hashField, ""), role ?? Role.None);
    }
}

/// <summary>What an access file holds.</summary>
public sealed record AccessListContent(
    IReadOnlyList<UserCredential> Users, IReadOnlyList<TokenCredential> Tokens, IReadOnlyList<string> Errors);
