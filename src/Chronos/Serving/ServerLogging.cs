using Chronos.Configuration;
using Microsoft.Extensions.Logging.Console;

namespace Chronos.Serving;

/// <summary>What the server writes to the console, and how.</summary>
public static class ServerLogging
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    /// <summary>Makes loggers as the configuration says.</summary>
    public static ILoggerFactory Create(ServerConfiguration configuration) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(Enum.Parse<LogLevel>(configuration.Get(Settings.LeastLogLevel), ignoreCase: true));
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // a failed start is told in one sentence
        // What keeps the host from starting ends the process, which tells it in one sentence.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        if (IsJson(configuration))
            logging.AddJsonConsole(console =>
            {
                console.TimestampFormat = TimeFormat.TrimEnd();
                console.UseUtcTimestamp = true;
            });
        else
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = TimeFormat;
                console.UseUtcTimestamp = true;
                console.ColorBehavior = WantsColor ? LoggerColorBehavior.Default : LoggerColorBehavior.Disabled;
            });
    });

    private static bool WantsColor =>
        !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;

    /// <summary>Whether every line on the console must be JSON.</summary>
    public static bool IsJson(ServerConfiguration configuration) => configuration.Get(Settings.LogFormat) == "json";
}
