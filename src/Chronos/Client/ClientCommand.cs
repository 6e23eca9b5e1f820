using System.CommandLine;
using Chronos.Api;
using Chronos.CommandLine;

namespace Chronos.Client;

/// <summary>Runs commands against a server, and turns what goes wrong into a message and an exit code.</summary>
public sealed class ClientCommand(CommandContext context, ConnectionOptions connection)
{
    // Long enough for an import of many jobs; following an output has no limit, because its headers come at once.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    /// <summary>What the commands see of the process.</summary>
    public CommandContext Context => context;

    /// <summary>Whether the answer is to be JSON.</summary>
    public bool WantsJson(ParseResult arguments) => connection.WantsJson(arguments);

    /// <summary>Gives a command its action.</summary>
    /// <param name="command">The command.</param>
    /// <param name="action">Does the work and returns the exit code.</param>
    public void SetAction(Command command, Func<ClientCall, Task<int>> action) =>
        command.SetAction((arguments, cancellationToken) => RunAsync(arguments, action, cancellationToken));

    private async Task<int> RunAsync(
        ParseResult arguments, Func<ClientCall, Task<int>> action, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = Timeout };
        try
        {
            var client = connection.Connect(arguments, http);
            return await action(new(client, arguments, context, WantsJson(arguments), cancellationToken));
        }
        catch (UsageException e)
        {
            return Fail(ExitCodes.Usage, e.Message);
        }
        catch (ChronosApiException e)
        {
            Fail(ExitCodes.Refused, e.Violations switch
            {
                [] => e.Message,
                [var only] => Describe(only),
                _ => $"The request breaks {e.Violations.Count} rules:",
            });
            if (e.Violations.Count > 1)
                foreach (var violation in e.Violations) context.Error.WriteLine("  " + Describe(violation));
            if ((int)e.Status == 401)
                context.Error.WriteLine("Say who you are with --token, --user or http://user:password@host:port.");
            return ExitCodes.Refused;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return Fail(
                ExitCodes.Unreachable,
                $"Cannot reach the server at {http.BaseAddress}: {e.Message.TrimEnd('.')}. "
                    + "Start one with 'chronos serve', or name another with --url or CHRONOS_URL.");
        }
    }

    /// <summary>A broken rule on one line.</summary>
    public static string Describe(RuleViolation violation)
    {
        var value = violation.Value is null ? "" : $" '{violation.Value}'";
        return $"{violation.Field}{value}: {violation.Rule} {violation.Remedy}".TrimEnd();
    }

    private int Fail(int code, string message)
    {
        context.Error.WriteLine("chronos: " + message);
        return code;
    }
}

/// <summary>One call of a client command.</summary>
public sealed record ClientCall(
    ChronosClient Client,
    ParseResult Arguments,
    CommandContext Context,
    bool WantsJson,
    CancellationToken CancellationToken)
{
    /// <summary>Where results go.</summary>
    public TextWriter Output => Context.Output;

    /// <summary>The value of an option.</summary>
    public T? Get<T>(Option<T> option) => Arguments.GetValue(option);

    /// <summary>The value of an argument that must be there.</summary>
    public T Get<T>(Argument<T> argument) => Arguments.GetRequiredValue(argument);
}
