using System.Text.Json.Nodes;

namespace Chronos.Server.Endpoints.Native;

/// <summary>JSON merge patch, RFC 7396.</summary>
internal static class MergePatch
{
    /// <summary><paramref name="target"/> with the members of <paramref name="patch"/> replaced, and those that are
    /// null there removed. Both may be changed by the call.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes) return patch?.DeepClone();
        var merged = target as JsonObject ?? [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                merged.Remove(name);
                continue;
            }

            merged.TryGetPropertyValue(name, out var old);
            merged.Remove(name);
            merged[name] = Apply(old, value);
        }

        return merged;
    }
}
