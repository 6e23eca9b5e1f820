using System.Text.Json;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>Reads JSON strings of which nothing is known.</summary>
internal static class JsonText
{
    /// <summary>The text; empty where it holds half a surrogate pair, which is no text.</summary>
    public static string Of(JsonElement element)
    {
        try
        {
            return element.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }
}
