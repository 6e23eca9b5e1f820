using System.CommandLine;
using Chronos.Api;
using Chronos.CommandLine;

namespace Chronos.Client;

/// <summary>The options that all client commands share: which server, who asks, and how to answer.</summary>
public sealed class ConnectionOptions(CommandContext context)
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    private readonly Option<string?> url = new("--url")
    {
        Recursive = true,
        HelpName = "url",
        Description = $"Address of the server, http://[user:password@]host:port. [$CHRONOS_URL, {DefaultUrl}]",
    };

    private readonly Option<string?> token = new("--token")
    {
        Recursive = true,
        HelpName = "token",
        Description = "API token. [$CHRONOS_TOKEN]",
    };

    private readonly Option<string?> user = new("--user", "-u")
    {
        Recursive = true,
        HelpName = "user[:password]",
        Description = "User for basic authentication; a missing password is read from standard input.",
    };

    private readonly Option<bool> json = new("--json")
    {
        Recursive = true,
        Description = "Answers in JSON.",
    };

    /// <summary>Adds the options to a command and everything below it.</summary>
    public void AddTo(Command command)
    {
        command.Add(url);
        command.Add(token);
        command.Add(user);
        command.Add(json);
    }

    /// <summary>Whether the answer is to be JSON.</summary>
    public bool WantsJson(ParseResult arguments) => arguments.GetValue(json);

    /// <summary>Whether a server was named.</summary>
    public bool NamesServer(ParseResult arguments) => Configured(arguments) is not null;

    /// <summary>The server's address.</summary>
    /// <exception cref="UsageException">It is no address.</exception>
    public Uri Address(ParseResult arguments)
    {
        var text = Configured(arguments) ?? DefaultUrl;
        if (!text.Contains("://", StringComparison.Ordinal)) text = "http://" + text;
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new UsageException($"'{text}' is not the address of a server, such as {DefaultUrl}.");
    }

    /// <summary>A client for the server, with the caller's credentials.</summary>
    public ChronosClient Connect(ParseResult arguments, HttpClient http)
    {
        var address = Address(arguments);
        http.BaseAddress = new UriBuilder(address) { UserName = "", Password = "" }.Uri;
        http.DefaultRequestHeaders.UserAgent.ParseAdd($"chronos/{ProductVersion.Text}");
        var client = new ChronosClient(http);
        var login = arguments.GetValue(user) ?? Uri.UnescapeDataString(address.UserInfo);
        if (arguments.GetValue(token) is { } given) return client.UseToken(given);
        if (login.Length > 0) return Login(client, login);
        return context.Environment.TryGetValue("CHRONOS_TOKEN", out var known) && known.Length > 0
            ? client.UseToken(known)
            : client;
    }

    private ChronosClient Login(ChronosClient client, string login)
    {
        var parts = login.Split(':', 2);
        return client.UseBasic(parts[0], parts.Length > 1 ? parts[1] : context.Input.ReadLine() ?? "");
    }

    private string? Configured(ParseResult arguments) =>
        arguments.GetValue(url) is { Length: > 0 } given ? given
        : context.Environment.TryGetValue("CHRONOS_URL", out var known) && known.Length > 0 ? known
        : null;
}
