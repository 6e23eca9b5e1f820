using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Chronos.Api;

/// <summary>How the wire types are written: camelCase, absent instead of null, compact.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    Converters = [typeof(UtcInstantConverter), typeof(IsoDurationConverter)])]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(JobPage))]
[JsonSerializable(typeof(JobStatus))]
[JsonSerializable(typeof(JobStatusEnvelope))]
[JsonSerializable(typeof(JobCheck))]
[JsonSerializable(typeof(BulkPutResult))]
[JsonSerializable(typeof(BulkActionRequest))]
[JsonSerializable(typeof(BulkActionResult))]
[JsonSerializable(typeof(DisableRequest))]
[JsonSerializable(typeof(RunPage))]
[JsonSerializable(typeof(RunDocument))]
[JsonSerializable(typeof(StartRunRequest))]
[JsonSerializable(typeof(CompleteRunRequest))]
[JsonSerializable(typeof(ProgressRequest))]
[JsonSerializable(typeof(LogEvent))]
[JsonSerializable(typeof(LogEnd))]
[JsonSerializable(typeof(SchedulePreview))]
[JsonSerializable(typeof(SchedulePreviewRequest))]
[JsonSerializable(typeof(JobGraph))]
[JsonSerializable(typeof(DecisionPage))]
[JsonSerializable(typeof(BackfillDocument))]
[JsonSerializable(typeof(BackfillList))]
[JsonSerializable(typeof(StartBackfillRequest))]
[JsonSerializable(typeof(ClusterOverview))]
[JsonSerializable(typeof(RunStatistics))]
[JsonSerializable(typeof(RecentRunsRequest))]
[JsonSerializable(typeof(RecentRunsList))]
[JsonSerializable(typeof(LoadForecast))]
[JsonSerializable(typeof(UpcomingStarts))]
[JsonSerializable(typeof(ServerEvent))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(NodeDescription))]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(EngineInspectionList))]
[JsonSerializable(typeof(ClusterDescription))]
[JsonSerializable(typeof(Problem))]
public sealed partial class ApiJson : JsonSerializerContext;
