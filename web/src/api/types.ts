/** The wire types of the native API under the names that the pages use. */
import type * as Wire from './schema'

export type JobState = Wire.JobSummary['state']
export type RunState = Wire.RunDocument['state']
export type Role = Wire.CallerDocument['role']
export type Cascade = 'refuse' | 'inherit' | 'detach' | 'delete'

export type RuleViolation = Wire.RuleViolation
export type Problem = Partial<Wire.Problem> & Pick<Wire.Problem, 'type' | 'title' | 'status'>

export type JobSummary = Wire.JobSummary
export type JobPage = Wire.JobPage
export type JobStatus = Wire.JobStatus
export type JobCheck = Wire.JobCheck
export type LastRun = Wire.LastRunSummary
export type Counters = Wire.Counters
export type Occurrence = Wire.OccurrenceDocument
export type SchedulePreview = Wire.SchedulePreview
export type Backfill = Wire.BackfillDocument
export type BulkItem = Wire.BulkActionItem
export type BulkResult = Wire.BulkActionResult

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }

/** A definition as the API takes and gives it; docs/jobs.md describes each field. */
export type JobDefinition = { [field: string]: JsonValue } & { name: string }

/** A job with what the server knows of it, and the entity tag of its definition. */
export interface Job {
  definition: JobDefinition
  status: JobStatus
  etag: string
}

export type Run = Wire.RunDocument
export type RunPage = Wire.RunPage
export type Attempt = Wire.AttemptDocument
export type RecentRuns = Wire.RecentRunsList
export type Percentiles = Wire.Percentiles
export type RunStatistics = Wire.RunStatistics

export type Overview = Wire.ClusterOverview
export type LoadForecast = Wire.LoadForecast
export type Upcoming = Wire.UpcomingStarts
export type Decision = Wire.Decision
export type DecisionPage = Wire.DecisionPage
export type GraphNode = Wire.GraphNode
export type GraphEdge = Wire.GraphEdge
export type JobGraph = Wire.JobGraph

export type Info = Wire.NodeDescription
export type Health = Wire.HealthReport
export type Cluster = Wire.ClusterDescription
export type Member = Wire.MemberDescription
export type Engine = Wire.EngineDocument
export type EngineInspection = Wire.EngineInspectionDocument
export type Machine = Wire.MachineDocument
export type Waiting = Wire.WaitingDocument
export type Resources = Wire.ResourcesDocument

export type ServerEvent = Wire.ServerEvent
export type AuditEntry = Wire.AuditEntry
export type AuditPage = Wire.AuditPage

const finalStates: ReadonlySet<RunState> = new Set(['succeeded', 'failed', 'killed', 'skipped', 'missed', 'lost'])

export function hasEnded(state: RunState): boolean {
  return finalStates.has(state)
}

/** A run in short, once it has ended. */
export function lastRunOf({ id, state, nominal, startedAt, endedAt }: Run): LastRun | undefined {
  if (!endedAt || !hasEnded(state)) return undefined
  return { id, state: state as LastRun['state'], nominal, endedAt, ...(startedAt && { startedAt }) }
}
