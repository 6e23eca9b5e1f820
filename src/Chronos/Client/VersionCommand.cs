using System.CommandLine;
using System.Text.Json.Nodes;
using Chronos.CommandLine;

namespace Chronos.Client;

/// <summary><c>chronos version</c></summary>
public static class VersionCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ClientCommand client, ConnectionOptions connection, CommandExamples examples)
    {
        var command = new Command("version", "Shows the version of this program and, where one is named, of a server.");
        client.SetAction(command, async call =>
        {
            var server = connection.NamesServer(call.Arguments)
                ? await call.Client.GetInfoAsync(call.CancellationToken)
                : null;
            if (call.WantsJson)
            {
                JsonOutput.WriteNode(call.Output, new JsonObject
                {
                    ["client"] = ProductVersion.Text,
                    ["server"] = server?.Version,
                    ["timeZoneData"] = server?.TzdbVersion,
                });
                return ExitCodes.Success;
            }
            call.Output.WriteLine($"chronos {ProductVersion.Text}");
            if (server is not null)
                call.Output.WriteLine($"server  {server.Version}, time-zone data {server.TzdbVersion}");
            return ExitCodes.Success;
        });
        examples.Add(command, "chronos version", "chronos version --url http://chronos:8080");
        return command;
    }
}
