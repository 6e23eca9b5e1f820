using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Mesos.Tests.Simulator;

/// <summary>Compares a recorded event with one of this run, field by field.</summary>
internal static partial class JsonComparison
{
    /// <summary>Another each time: of these only the kind of value is compared.</summary>
    private static readonly HashSet<string> Variable =
    [
        "timestamp", "uuid", "executor_pid", "port", "pid", "ip_address", "container_id.value",
        "container_id.parent.value", "nanoseconds", "offers.id.value",
    ];

    /// <summary>Told or not, as the real system happens to know them already.</summary>
    private static readonly HashSet<string> Optional =
    [
        "container_status.network_infos", "container_status.executor_pid",
    ];

    /// <summary>What a container says of itself; the simulator starts none.</summary>
    private const string ContainerDescription = "status.data";

    internal static IEnumerable<string> Between(JsonNode recorded, JsonNode live) => Compare(recorded, live, "");

    private static IEnumerable<string> Compare(JsonNode? recorded, JsonNode? live, string path) =>
        (recorded, live) switch
        {
            (JsonObject a, JsonObject b) => CompareFields(a, b, path),
            (JsonArray a, JsonArray b) => a.Count != b.Count
                ? [$"{path}: {b.Count} items instead of {a.Count}"]
                : a.Zip(b).SelectMany(pair => Compare(pair.First, pair.Second, path)),
            (JsonValue a, JsonValue b) => CompareValues(a, b, path),
            _ => [$"{path}: {live?.ToJsonString() ?? "nothing"} instead of {recorded?.ToJsonString() ?? "nothing"}"],
        };

    private static IEnumerable<string> CompareFields(JsonObject recorded, JsonObject live, string path)
    {
        foreach (var name in recorded.Select(pair => pair.Key).Union(live.Select(pair => pair.Key)))
        {
            var below = path.Length == 0 ? name : $"{path}.{name}";
            if (below.EndsWith(ContainerDescription, StringComparison.Ordinal)) continue;
            var isMissing = !recorded.ContainsKey(name) || !live.ContainsKey(name);
            if (isMissing && IsAmong(Optional, below)) continue;
            foreach (var difference in Compare(recorded[name], live[name], below)) yield return difference;
        }
    }

    private static IEnumerable<string> CompareValues(JsonValue recorded, JsonValue live, string path)
    {
        if (recorded.GetValueKind() != live.GetValueKind())
            yield return $"{path}: {live.ToJsonString()} instead of {recorded.ToJsonString()}";
        else if (!IsAmong(Variable, path) && TextOf(recorded) != TextOf(live))
            yield return $"{path}: '{TextOf(live)}' instead of '{TextOf(recorded)}'";
    }

    private static bool IsAmong(HashSet<string> endings, string path) =>
        endings.Any(ending => path == ending || path.EndsWith("." + ending, StringComparison.Ordinal));

    // What is left of an offer depends on when it was made.
    private static string TextOf(JsonValue value) => value.GetValueKind() == JsonValueKind.String
        ? Available().Replace(value.ToString(), "is more than available")
        : value.ToJsonString();

    [GeneratedRegex("is more than available.*$", RegexOptions.CultureInvariant)]
    private static partial Regex Available();
}
