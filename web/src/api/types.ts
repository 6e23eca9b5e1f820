/** The wire types of the native API; /openapi.json describes them in full. */

export type JobState = 'idle' | 'queued' | 'running'
export type RunState =
  'queued' | 'starting' | 'running' | 'succeeded' | 'failed' | 'killed' | 'skipped' | 'missed' | 'lost'
export type Role = 'viewer' | 'operator' | 'admin'
export type Cascade = 'refuse' | 'inherit' | 'detach' | 'delete'

export interface RuleViolation {
  field: string
  value?: string
  rule: string
  remedy: string
}

export interface Problem {
  type: string
  title: string
  status: number
  detail?: string
  violations?: RuleViolation[]
  run?: Run
  traceId?: string
}

export interface LastRun {
  id: string
  state: RunState
  nominal: string
  startedAt?: string
  endedAt: string
}

export interface Counters {
  successCount: number
  errorCount: number
  errorsSinceLastSuccess: number
  lastSuccess?: string
  lastError?: string
}

export interface JobSummary {
  name: string
  description: string
  owner: string
  ownerName: string
  labels: Record<string, string>
  disabled: boolean
  disabledReason?: string
  schedule?: string
  scheduleTimeZone?: string
  parents: string[]
  command: string
  engine: string
  state: JobState
  activeRuns: number
  next?: string
  lastRun?: LastRun
  counters: Counters
  revision: number
  updatedAt: string
}

export interface JobPage {
  items: JobSummary[]
  total: number
  next?: string
}

export interface Occurrence {
  at: string
  local?: string
  shiftedFrom?: string
}

export interface Backfill {
  id: string
  from: string
  until: string
  cursor: string
  parallelism: number
  by: string
}

export interface JobStatus {
  state: JobState
  revision: number
  createdAt: string
  updatedAt: string
  disabledReason?: string
  next?: Occurrence
  activeRuns: Run[]
  lastRun?: LastRun
  counters: Counters
  finishedParents: string[]
  children: string[]
  backfills: Backfill[]
  engine: string
  limits: string[]
  warnings?: RuleViolation[]
}

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }

/** A definition as the API takes and gives it; docs/jobs.md describes each field. */
export type JobDefinition = { [field: string]: JsonValue } & { name: string }

/** A job with what the server knows of it, and the entity tag of its definition. */
export interface Job {
  definition: JobDefinition
  status: JobStatus
  etag: string
}

export interface Attempt {
  number: number
  outcome: 'succeeded' | 'failed' | 'killed' | 'lost'
  startedAt?: string
  endedAt: string
  exitCode?: number
  signal?: number
  message?: string
  agent?: string
}

export interface Run {
  id: string
  job: string
  state: RunState
  reason?: string
  cause: { kind: 'schedule' | 'parents' | 'manual' | 'backfill' | 'repeat'; detail?: string }
  nominal: string
  createdAt: string
  startedAt?: string
  endedAt?: string
  retryAt?: string
  attempt: number
  attempts: Attempt[]
  kill?: { reason: string; by: string; at: string }
  agent?: string
  awaitsCallback: boolean
  arguments?: string
  environment?: Record<string, string>
  progress?: number
  missedUntil?: string
  missedCount?: number
}

export interface RunPage {
  items: Run[]
  next?: string
}

export interface Percentiles {
  mean: number
  p50: number
  p75: number
  p95: number
  p99: number
  max: number
}

export interface RunStatistics {
  runs: number
  since?: string
  outcomes: Partial<Record<RunState, number>>
  successRate?: number
  duration?: Percentiles
  waiting?: Percentiles
}

export interface Overview {
  at: string
  jobs: number
  disabled: number
  runningRuns: number
  queuedRuns: number
  lastRuns: Partial<Record<RunState | 'none', number>>
  recent: RunStatistics
}

export interface LoadForecast {
  from: string
  minutes: number[]
  jobs: number
  sampledEvery: number
}

export interface SchedulePreview {
  schedule: string
  timeZone: string
  kind: 'elapsed' | 'fixed' | 'flowing'
  description?: string
  remaining?: number
  occurrences: Occurrence[]
}

/** What the server thinks of a definition that is not saved. */
export interface JobCheck {
  violations: RuleViolation[]
  warnings: RuleViolation[]
  schedule?: SchedulePreview
}

export interface Decision {
  at: string
  sentence: string
  kind: string
  run?: string
}

export interface DecisionPage {
  items: Decision[]
  next?: string
}

export interface GraphNode {
  name: string
  state: JobState
  lastRun?: RunState
  disabled: boolean
  schedule?: string
}

export interface GraphEdge {
  from: string
  to: string
  finished: boolean
}

export interface JobGraph {
  nodes: GraphNode[]
  edges: GraphEdge[]
}

export interface Resources {
  cpus: number
  mem: number
  disk: number
}

export interface Engine {
  name: string
  isHealthy: boolean
  problem?: string
  total: Resources
  used: Resources
  waiting: number
  running: number
  limits: string[]
}

export interface Info {
  version: string
  tzdbVersion: string
  nodeId: string
  now: string
  startedAt: string
  jobs: number
  activeRuns: number
  engines: Engine[]
  options: Record<string, string>
  caller: { name: string; role: Role }
}

export interface Health {
  isLive: boolean
  isReady: boolean
  problems: string[]
  startedAt: string
  term: number
  overdueFor: string
  pendingInputs: number
  engines: Engine[]
}

export interface ServerEvent {
  sequence: number
  at: string
  kind: 'jobPut' | 'jobDeleted' | 'runChanged'
  job: string
  run?: Run
}

export interface AuditEntry {
  id: string
  at: string
  job: string
  kind: string
  by: string
  address?: string
  detail?: string
}

export interface AuditPage {
  items: AuditEntry[]
  next?: string
}

export interface BulkItem {
  name: string
  status: number
  detail?: string
  run?: string
}

export interface BulkResult {
  succeeded: number
  failed: number
  items: BulkItem[]
}

const finalStates: ReadonlySet<RunState> = new Set(['succeeded', 'failed', 'killed', 'skipped', 'missed', 'lost'])

export function hasEnded(state: RunState): boolean {
  return finalStates.has(state)
}
