using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>Shows and changes log levels while the server runs, as the <c>/logging</c> page of Mesos Chronos did. A
/// change lasts until the configuration is read again.</summary>
internal static class LogLevels
{
    /// <summary>Says which levels there are.</summary>
    public const string Remedy = "Use TRACE, DEBUG, INFO, WARN, ERROR or OFF.";

    private const string Section = "Logging:LogLevel";
    private const string Root = "Default";

    /// <summary>A level by its Java or .NET name; null: there is none of this name.</summary>
    public static LogLevel? Parse(string text) => text.ToUpperInvariant() switch
    {
        "ALL" or "TRACE" => LogLevel.Trace,
        "DEBUG" => LogLevel.Debug,
        "INFO" or "INFORMATION" => LogLevel.Information,
        "WARN" or "WARNING" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        "CRITICAL" => LogLevel.Critical,
        "OFF" or "NONE" => LogLevel.None,
        _ => null,
    };

    /// <summary>The logger as the configuration calls it; Java calls the one above all <c>ROOT</c>.</summary>
    public static string NameOf(string logger) =>
        logger.Length == 0 || logger.Equals("root", StringComparison.OrdinalIgnoreCase) ? Root : logger;

    /// <summary>Sets a level. Sources that read files or the environment forget it on reload; the one in memory
    /// keeps it.</summary>
    public static void Set(IConfiguration configuration, string logger, LogLevel level)
    {
        if (configuration is not IConfigurationRoot root) return;
        root[$"{Section}:{NameOf(logger)}"] = level.ToString();
        root.Reload();
    }

    /// <summary>The page with the levels as they are. It has no form, for the pages of this server may send
    /// none.</summary>
    public static IResult Page(IConfiguration configuration, string notice)
    {
        var encoder = HtmlEncoder.Default;
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Append("<title>Log levels</title></head><body><h1>Log levels</h1>\n");
        if (notice.Length > 0) page.Append("<p role=\"status\">").Append(encoder.Encode(notice)).Append("</p>\n");
        page.Append("<table><thead><tr><th>Logger</th><th>Level</th></tr></thead><tbody>\n");
        foreach (var entry in configuration.GetSection(Section).GetChildren())
            page.Append("<tr><td>").Append(encoder.Encode(entry.Key)).Append("</td><td>")
                .Append(encoder.Encode(entry.Value ?? "")).Append("</td></tr>\n");
        page.Append("</tbody></table>\n<p>To change one, POST the form fields <code>logger</code> and ")
            .Append("<code>level</code> here. ").Append(encoder.Encode(Remedy)).Append("</p></body></html>\n");
        return Results.Content(page.ToString(), "text/html; charset=utf-8");
    }
}
