using System.CommandLine;
using Chronos.Server.Auth;

namespace Chronos.CommandLine;

/// <summary><c>chronos hash</c>: the hashes that an access file holds.</summary>
public static class HashCommand
{
    /// <summary>The command.</summary>
    public static Command Create(CommandContext context, CommandExamples examples)
    {
        var token = new Option<bool>("--token") { Description = "Makes a new random token and its hash." };
        var command = new Command(
            "hash", "Reads a password from standard input and shows its hash for the access file of chronos serve.")
        {
            token,
        };
        command.SetAction(arguments => arguments.GetValue(token) ? WriteToken(context) : WriteHash(context));
        examples.Add(command, "printf %s 'correct horse' | chronos hash", "chronos hash --token");
        return command;
    }

    private static int WriteToken(CommandContext context)
    {
        var (token, hash) = PasswordHash.NewToken();
        context.Output.WriteLine($"token: {token}");
        context.Output.WriteLine($"tokenHash: {hash}");
        return ExitCodes.Success;
    }

    private static int WriteHash(CommandContext context)
    {
        var password = context.Input.ReadLine() ?? "";
        if (password.Length == 0)
        {
            context.Error.WriteLine("chronos: A password is needed on standard input.");
            return ExitCodes.Usage;
        }
        context.Output.WriteLine(PasswordHash.OfPassword(password));
        return ExitCodes.Success;
    }
}
