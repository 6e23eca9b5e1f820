import { ask, path, query, send } from './client'
import type {
  AuditPage,
  Backfill,
  BulkResult,
  Cascade,
  Cluster,
  DecisionPage,
  EngineInspection,
  Health,
  Info,
  Job,
  JobCheck,
  JobDefinition,
  JobGraph,
  JobPage,
  JobStatus,
  LastRun,
  LoadForecast,
  Overview,
  Run,
  RunPage,
  RunState,
  RunStatistics,
  SchedulePreview,
  Upcoming,
} from './types'

/** Which jobs a list shows. */
export interface JobFilter {
  q?: string | undefined
  state?: string | undefined
  lastRun?: string | undefined
  label?: string[] | undefined
  owner?: string | undefined
  disabled?: boolean | undefined
  parent?: string | undefined
  kind?: string | undefined
  engine?: string | undefined
}

export interface RunFilter {
  job?: string | undefined
  state?: RunState[] | undefined
  from?: string | undefined
  until?: string | undefined
  label?: string | undefined
}

export type BulkAction = 'enable' | 'disable' | 'run' | 'kill' | 'delete'
export type BulkTarget = { names: string[] } | { filter: JobFilter }
export type LogStream = 'stdout' | 'stderr'

export interface LogChunk {
  bytes: Uint8Array
  offset: number
  next: number
  size: number
  complete: boolean
  dropped?: { from: number; until: number }
}

interface Abortable {
  signal?: AbortSignal
}

function toJob(document: JobDefinition & { status: JobStatus }, etag: string | null): Job {
  const { status, ...definition } = document
  return { definition: definition as JobDefinition, status, etag: etag ?? '' }
}

async function askJob(response: Response): Promise<Job> {
  return toJob(await response.json(), response.headers.get('etag'))
}

function dropped(header: string | null): { from: number; until: number } | undefined {
  const match = header?.match(/^(\d+)-(\d+)$/)
  return match ? { from: Number(match[1]), until: Number(match[2]) } : undefined
}

/** Everything the pages ask the server. */
export const api = {
  info: ({ signal }: Abortable = {}) => ask<Info>('/v1/info', signal ? { signal } : {}),
  health: () => ask<Health>('/v1/health'),
  overview: () => ask<Overview>('/v1/overview'),
  cluster: () => ask<Cluster>('/v1/cluster'),
  engines: () => ask<{ items: EngineInspection[] }>('/v1/engines'),
  load: (range: { hours: number; step?: number; job?: string | undefined }) =>
    ask<LoadForecast>(`/v1/load${query(range)}`),
  upcoming: (until: string, limit: number) => ask<Upcoming>(`/v1/upcoming${query({ until, limit })}`),

  jobs: (filter: JobFilter, sort: string, limit: number, offset: number, { signal }: Abortable = {}) =>
    ask<JobPage>(`/v1/jobs${query({ ...filter, sort, limit, offset })}`, signal ? { signal } : {}),
  job: async (name: string) => askJob(await send(path`/v1/jobs/${name}`)),
  putJob: async (definition: JobDefinition, condition: { ifMatch: string } | { isNew: true } | undefined) => {
    const headers: Record<string, string> = {}
    if (condition && 'ifMatch' in condition) headers['If-Match'] = condition.ifMatch
    if (condition && 'isNew' in condition) headers['If-None-Match'] = '*'
    return askJob(await send(path`/v1/jobs/${definition.name}`, { method: 'PUT', body: definition, headers }))
  },
  /** Checks a definition by the server's rules, and says when it would start. */
  checkJob: (definition: object, { signal }: Abortable = {}) =>
    ask<JobCheck>('/v1/jobs:check', { method: 'POST', body: definition, ...(signal && { signal }) }),
  deleteJob: (name: string, cascade: Cascade) =>
    ask<void>(path`/v1/jobs/${name}` + query({ cascade }), { method: 'DELETE' }),
  enable: (name: string) => ask<void>(path`/v1/jobs/${name}/enable`, { method: 'POST' }),
  disable: (name: string, reason: string) =>
    ask<void>(path`/v1/jobs/${name}/disable`, { method: 'POST', body: reason ? { reason } : {} }),
  killAll: (name: string) => ask<void>(path`/v1/jobs/${name}/kill`, { method: 'POST' }),
  markSuccess: (name: string) => ask<void>(path`/v1/jobs/${name}/mark-success`, { method: 'POST' }),
  start: (name: string, body: { arguments?: string[]; environment?: Record<string, string> }) =>
    ask<Run>(path`/v1/jobs/${name}/runs`, { method: 'POST', body }),
  bulk: (action: BulkAction, target: BulkTarget, more: { reason?: string; cascade?: Cascade }) =>
    ask<BulkResult>(`/v1/jobs:${action}`, { method: 'POST', body: { ...target, ...more } }),
  recentRuns: (jobs: string[], count: number) =>
    ask<{ items: { job: string; runs: LastRun[] }[] }>('/v1/runs:recent', {
      method: 'POST',
      body: { jobs, count },
    }),

  schedule: (name: string, count: number, from?: string) =>
    ask<SchedulePreview>(path`/v1/jobs/${name}/schedule` + query({ count, from })),
  decisions: (name: string, limit: number, after?: string) =>
    ask<DecisionPage>(path`/v1/jobs/${name}/decisions` + query({ limit, after })),
  statistics: (name: string) => ask<RunStatistics>(path`/v1/jobs/${name}/statistics`),
  startBackfill: (name: string, body: { from: string; until: string; parallelism: number }) =>
    ask<Backfill>(path`/v1/jobs/${name}/backfills`, { method: 'POST', body }),
  cancelBackfill: (name: string, id: string) =>
    ask<void>(path`/v1/jobs/${name}/backfills/${id}`, { method: 'DELETE' }),

  runs: (filter: RunFilter, limit: number, after?: string) =>
    ask<RunPage>(`/v1/runs${query({ ...filter, limit, after })}`),
  run: (id: string) => ask<Run>(path`/v1/runs/${id}`),
  killRun: (id: string) => ask<void>(path`/v1/runs/${id}/kill`, { method: 'POST' }),
  retryRun: (id: string) => ask<Run>(path`/v1/runs/${id}/retry`, { method: 'POST' }),
  log: async (
    id: string,
    stream: LogStream,
    range: { attempt: number; offset?: number; limit?: number; tail?: number },
    { signal }: Abortable = {},
  ): Promise<LogChunk> => {
    const url = path`/v1/runs/${id}/logs/${stream}` + query({ ...range })
    const response = await send(url, signal ? { signal } : {})
    const number = (name: string) => Number(response.headers.get(name))
    const gap = dropped(response.headers.get('Chronos-Log-Dropped'))
    return {
      bytes: new Uint8Array(await response.arrayBuffer()),
      offset: number('Chronos-Log-Offset'),
      next: number('Chronos-Log-Next'),
      size: number('Chronos-Log-Size'),
      complete: response.headers.get('Chronos-Log-Complete') === 'true',
      ...(gap && { dropped: gap }),
    }
  },
  wholeLog: async (id: string, stream: LogStream, attempt: number) =>
    (await send(path`/v1/runs/${id}/logs/${stream}` + query({ attempt, whole: true }))).blob(),

  graph: (job: string | undefined) => ask<JobGraph>(job ? path`/v1/jobs/${job}/graph` : '/v1/graph?linked=true'),
  audit: (job: string | undefined, limit: number, after?: string) =>
    ask<AuditPage>(`/v1/audit${query({ job, limit, after })}`),
}
