/** Made from the server's OpenAPI document by `npm run types`. Do not edit. */

export interface AttemptDocument {
  number: number
  outcome: 'succeeded' | 'failed' | 'killed' | 'lost'
  startedAt?: string
  endedAt: string
  exitCode?: number
  signal?: number
  message?: string
  agent?: string
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

export interface BackfillDocument {
  id: string
  from: string
  until: string
  cursor: string
  parallelism: number
  by: string
}

export interface BackfillList {
  items: BackfillDocument[]
}

export interface BulkActionItem {
  name: string
  status: number
  detail?: string
  run?: string
}

export interface BulkActionRequest {
  names?: string[]
  filter?: BulkFilter
  cascade?: string
  reason?: string
}

export interface BulkActionResult {
  succeeded: number
  failed: number
  items: BulkActionItem[]
}

export interface BulkFilter {
  name?: string
  owner?: string
  label?: string[]
  state?: string
  lastRun?: string
  disabled?: boolean
  parent?: string
  kind?: string
  engine?: string
  q?: string
}

export interface BulkPutResult {
  created: number
  replaced: number
  dryRun: boolean
  warnings: RuleViolation[]
  unchanged: number
}

export interface CallerDocument {
  name: string
  role: 'viewer' | 'operator' | 'admin'
}

export interface ClusterDescription {
  nodeId: string
  state: 'leading' | 'following' | 'waiting'
  term: number
  leader?: string
  members: MemberDescription[]
  copy?: CopyDescription
  store: StoreDescription
}

export interface ClusterOverview {
  at: string
  overdueFor: string
  jobs: number
  disabled: number
  runningRuns: number
  queuedRuns: number
  lastRuns: Record<string, number>
  recent: RunStatistics
}

export interface CompleteRunRequest {
  statusCode: number
  message?: string
}

export interface CopyDescription {
  term: number
  jobs: number
  heardAt: string
}

export interface Counters {
  successCount: number
  errorCount: number
  errorsSinceLastSuccess: number
  lastSuccess?: string
  lastError?: string
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

export interface DisableRequest {
  reason: string
}

export interface EngineDocument {
  name: string
  isHealthy: boolean
  problem?: string
  total: ResourcesDocument
  used: ResourcesDocument
  waiting: number
  running: number
  limits: string[]
}

export interface EngineInspectionDocument {
  engine: EngineDocument
  machineCount: number
  machines: MachineDocument[]
  waiting: WaitingDocument[]
  openOffers?: number
}

export interface EngineInspectionList {
  items: EngineInspectionDocument[]
}

export interface GraphEdge {
  from: string
  to: string
  finished: boolean
}

export interface GraphNode {
  name: string
  state: 'idle' | 'queued' | 'running'
  lastRun?: 'succeeded' | 'failed' | 'killed' | 'skipped' | 'missed' | 'lost'
  disabled: boolean
  schedule?: string
}

export interface HealthReport {
  isLive: boolean
  isReady: boolean
  problems: string[]
  startedAt: string
  term: number
  overdueFor: string
  pendingInputs: number
  engines: EngineDocument[]
}

export interface JobCheck {
  violations: RuleViolation[]
  warnings: RuleViolation[]
  schedule?: SchedulePreview
}

export interface JobDefinition {
  name?: string
  command?: string
  description?: string
  owner?: string
  ownerName?: string
  schedule?: string
  scheduleTimeZone?: string
  engine?: string
  executor?: string
  executorFlags?: string
  taskInfoData?: string
  runAsUser?: string
  workingDirectory?: string
  epsilon?: string
  retryDelay?: string
  timeout?: string
  killGracePeriod?: string
  jitter?: string
  startAfter?: string
  endBefore?: string
  disabled?: boolean
  shell?: boolean
  softError?: boolean
  async?: boolean
  highPriority?: boolean
  dataProcessingJobType?: boolean
  concurrent?: boolean
  retries?: number
  maxConcurrent?: number
  disableAfterFailures?: number
  maxCompletionTime?: number
  gpus?: number
  cpus?: number
  mem?: number
  disk?: number
  arguments?: string[]
  parents?: string[]
  uris?: string[]
  calendars?: string[]
  environmentVariables?: Record<string, unknown>[]
  secrets?: Record<string, unknown>[]
  fetch?: Record<string, unknown>[]
  notify?: Record<string, unknown>[]
  container?: Record<string, unknown>
  retryBackoff?: Record<string, unknown>
  constraints?: string[][]
  labels?: Record<string, string>
  missed?: string | Record<string, unknown>
  trigger?: 'success' | 'failure' | 'completion'
  concurrency?: 'skip' | 'allow' | 'queue' | 'replace'
  onDoubt?: 'skip' | 'run'
  gap?: 'next' | 'shift' | 'skip'
  overlap?: 'first' | 'last' | 'both'
}

export interface JobGraph {
  nodes: GraphNode[]
  edges: GraphEdge[]
}

export interface JobPage {
  items: JobSummary[]
  total: number
  next?: string
}

export interface JobStatus {
  state: 'idle' | 'queued' | 'running'
  revision: number
  createdAt: string
  updatedAt: string
  disabledReason?: string
  next?: OccurrenceDocument
  activeRuns: RunDocument[]
  lastRun?: LastRunSummary
  counters: Counters
  finishedParents: string[]
  children: string[]
  backfills: BackfillDocument[]
  engine: string
  limits: string[]
  warnings?: RuleViolation[]
}

export interface JobStatusEnvelope {
  name?: string
  command?: string
  description?: string
  owner?: string
  ownerName?: string
  schedule?: string
  scheduleTimeZone?: string
  engine?: string
  executor?: string
  executorFlags?: string
  taskInfoData?: string
  runAsUser?: string
  workingDirectory?: string
  epsilon?: string
  retryDelay?: string
  timeout?: string
  killGracePeriod?: string
  jitter?: string
  startAfter?: string
  endBefore?: string
  disabled?: boolean
  shell?: boolean
  softError?: boolean
  async?: boolean
  highPriority?: boolean
  dataProcessingJobType?: boolean
  concurrent?: boolean
  retries?: number
  maxConcurrent?: number
  disableAfterFailures?: number
  maxCompletionTime?: number
  gpus?: number
  cpus?: number
  mem?: number
  disk?: number
  arguments?: string[]
  parents?: string[]
  uris?: string[]
  calendars?: string[]
  environmentVariables?: Record<string, unknown>[]
  secrets?: Record<string, unknown>[]
  fetch?: Record<string, unknown>[]
  notify?: Record<string, unknown>[]
  container?: Record<string, unknown>
  retryBackoff?: Record<string, unknown>
  constraints?: string[][]
  labels?: Record<string, string>
  missed?: string | Record<string, unknown>
  trigger?: 'success' | 'failure' | 'completion'
  concurrency?: 'skip' | 'allow' | 'queue' | 'replace'
  onDoubt?: 'skip' | 'run'
  gap?: 'next' | 'shift' | 'skip'
  overlap?: 'first' | 'last' | 'both'
  status: JobStatus
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
  state: 'idle' | 'queued' | 'running'
  activeRuns: number
  next?: string
  lastRun?: LastRunSummary
  counters: Counters
  revision: number
  updatedAt: string
}

export type JsonElement = unknown

export interface KillDocument {
  reason: 'user' | 'timeout' | 'replaced' | 'deleted'
  by: string
  at: string
}

export interface LastRunSummary {
  id: string
  state: 'succeeded' | 'failed' | 'killed' | 'skipped' | 'missed' | 'lost'
  nominal: string
  startedAt?: string
  endedAt: string
}

export interface LoadForecast {
  from: string
  stepMinutes: number
  starts: number[]
  jobs: number
  sampledEvery: number
}

export interface MachineDocument {
  id: string
  name: string
  total?: ResourcesDocument
  used: ResourcesDocument
  offered?: ResourcesDocument
  running: number
}

export interface MemberDescription {
  id: string
  address: string
  version: string
  isLeader: boolean
}

export interface NodeDescription {
  version: string
  tzdbVersion: string
  nodeId: string
  now: string
  startedAt: string
  jobs: number
  activeRuns: number
  engines: EngineDocument[]
  options: Record<string, string>
  caller: CallerDocument
}

export interface OccurrenceDocument {
  at: string
  local?: string
  shiftedFrom?: string
}

export interface Percentiles {
  mean: number
  p50: number
  p75: number
  p95: number
  p99: number
  max: number
}

export interface Problem {
  type: string
  title: string
  status: number
  detail?: string
  instance?: string
  message?: string
  violations?: RuleViolation[]
  run?: RunDocument
  traceId?: string
}

export interface ProgressRequest {
  elements: number
}

export interface RecentRuns {
  job: string
  runs: LastRunSummary[]
}

export interface RecentRunsList {
  items: RecentRuns[]
}

export interface RecentRunsRequest {
  jobs?: string[]
  count?: number
}

export interface ResourcesDocument {
  cpus: number
  mem: number
  disk: number
}

export interface RuleViolation {
  field: string
  value?: string
  rule: string
  remedy: string
}

export interface RunCauseDocument {
  kind: 'schedule' | 'parents' | 'manual' | 'backfill' | 'repeat'
  detail?: string
}

export interface RunDocument {
  id: string
  job: string
  state: 'queued' | 'starting' | 'running' | 'succeeded' | 'failed' | 'killed' | 'skipped' | 'missed' | 'lost'
  reason?: string
  cause: RunCauseDocument
  nominal: string
  createdAt: string
  startedAt?: string
  endedAt?: string
  retryAt?: string
  attempt: number
  attempts: AttemptDocument[]
  kill?: KillDocument
  agent?: string
  awaitsCallback: boolean
  arguments?: string
  environment?: Record<string, string>
  progress?: number
  missedUntil?: string
  missedCount?: number
}

export interface RunPage {
  items: RunDocument[]
  next?: string
}

export interface RunStatistics {
  runs: number
  since?: string
  outcomes: Record<string, number>
  successRate?: number
  duration?: Percentiles
  waiting?: Percentiles
}

export interface SchedulePreview {
  schedule: string
  timeZone: string
  kind: 'elapsed' | 'fixed' | 'flowing'
  description?: string
  remaining?: number
  occurrences: OccurrenceDocument[]
}

export interface SchedulePreviewRequest {
  schedule?: string
  scheduleTimeZone?: string
  gap?: string
  overlap?: string
  count?: number
  from?: string
  name?: string
}

export interface ServerEvent {
  sequence: number
  at: string
  kind: 'jobPut' | 'jobDeleted' | 'runChanged'
  job: string
  run?: RunDocument
}

export interface StartBackfillRequest {
  from: string
  until: string
  parallelism?: number
}

export interface StartRunRequest {
  arguments?: JsonElement
  environment?: Record<string, string>
}

export interface StoreDescription {
  kind: 'sqlite' | 'etcd' | 'zooKeeper' | 'postgreSql'
  address: string
}

export interface UpcomingStart {
  job: string
  at: string
}

export interface UpcomingStarts {
  items: UpcomingStart[]
  isWhole: boolean
}

export interface WaitingDocument {
  reason?: string
  needs: ResourcesDocument
  job: string
  count: number
  longest: string
}
