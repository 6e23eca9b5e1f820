using Chronos.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Console;

namespace Chronos.Serving;

/// <summary>What the server writes to the console, and how. The levels may be changed while it runs.</summary>
public sealed class ServerLogging : IDisposable
{
    private const string JsonTimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const string Section = "Logging";

    private ServerLogging(IConfigurationRoot levels, ILoggerFactory loggers) => (Levels, Loggers) = (levels, loggers);

    /// <summary>Makes the loggers.</summary>
    public ILoggerFactory Loggers { get; }

    /// <summary>The levels below <c>Logging:LogLevel</c>; the loggers follow a change after a reload.</summary>
    public IConfigurationRoot Levels { get; }

    /// <summary>Makes loggers as the configuration says.</summary>
    public static ServerLogging Create(ServerConfiguration configuration)
    {
        var level = Enum.Parse<LogLevel>(configuration.Get(Settings.LeastLogLevel), ignoreCase: true);
        var levels = new ConfigurationBuilder().AddInMemoryCollection(LevelsFrom(level)).Build();
        var loggers = LoggerFactory.Create(logging =>
        {
            logging.AddConfiguration(levels.GetSection(Section));
            if (IsJson(configuration)) logging.AddJsonConsole(UseUtc);
            else
                logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>()
                    .AddConsole(console => console.FormatterName = LineFormatter.FormatName);
        });
        return new(levels, loggers);
    }

    /// <summary>Whether every line on the console must be JSON.</summary>
    public static bool IsJson(ServerConfiguration configuration) => configuration.Get(Settings.LogFormat) == "json";

    /// <inheritdoc/>
    public void Dispose()
    {
        Loggers.Dispose();
        (Levels as IDisposable)?.Dispose();
    }

    private static void UseUtc(JsonConsoleFormatterOptions console)
    {
        console.TimestampFormat = JsonTimeFormat;
        console.UseUtcTimestamp = true;
    }

    private static Dictionary<string, string?> LevelsFrom(LogLevel level) => new(StringComparer.Ordinal)
    {
        [$"{Section}:LogLevel:Default"] = level.ToString(),
        [$"{Section}:LogLevel:Microsoft"] = nameof(LogLevel.Warning),
        [$"{Section}:LogLevel:System"] = nameof(LogLevel.Warning),
        // What keeps the host from starting ends the process, which tells it in one sentence.
        [$"{Section}:LogLevel:Microsoft.Extensions.Hosting"] = nameof(LogLevel.None),
    };
}
