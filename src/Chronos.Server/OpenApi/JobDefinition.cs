namespace Chronos.Server;

/// <summary>Stands for a job's definition in the documentation of the API. Jobs are read and written field by field by
/// Core, which reports every broken rule at once; this type carries only the name of the schema.</summary>
public sealed class JobDefinition;
