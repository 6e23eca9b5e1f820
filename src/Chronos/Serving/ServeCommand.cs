using Chronos.CommandLine;
using Chronos.Configuration;

namespace Chronos.Serving;

/// <summary><c>chronos serve</c></summary>
public sealed class ServeCommand(CommandContext context)
{
    /// <summary>Reads the configuration and runs a server until it is asked to end.</summary>
    /// <param name="arguments">The flags.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var (flags, stray) = FlagParser.Parse(arguments);
        var (configuration, errors) = ConfigurationReader.Read(new ConfigurationSources
        {
            Flags = flags,
            Environment = context.Environment,
        });
        var all = stray.Select(word => $"'{word}' belongs to no flag.").Concat(errors).ToList();
        if (configuration is null || all.Count > 0) return Refuse(all);

        var settings = new ServerSettings(configuration);
        if (settings.Errors is { Count: > 0 } broken) return Refuse(broken);
        using var signals = new StopSignals(context.Error);
        return await new ServerProcess(context, configuration, settings).RunAsync(signals);
    }

    private int Refuse(IReadOnlyList<string> errors)
    {
        foreach (var error in errors) context.Error.WriteLine("chronos: " + error);
        context.Error.WriteLine("See: chronos serve --help");
        return ExitCodes.Usage;
    }
}
