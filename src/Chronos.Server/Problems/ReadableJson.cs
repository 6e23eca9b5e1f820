using System.Text.Encodings.Web;
using System.Text.Json;
using Chronos.Api;

namespace Chronos.Server.Problems;

/// <summary>How answers are written: without escapes that only matter inside HTML, which would make texts unreadable in
/// a terminal. No browser takes the answers for HTML: they have another content type, and forbid guessing it.</summary>
internal static class ReadableJson
{
    /// <summary>The contract's types.</summary>
    public static readonly ApiJson Context = new(new JsonSerializerOptions(ApiJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>For answers that are written field by field.</summary>
    public static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
