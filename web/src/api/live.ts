import type { QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { JobFilter } from './api'
import { ApiError } from './client'
import { readEvents } from './sse'
import { hasEnded, type Job, type JobPage, lastRunOf, type Run, type RunPage, type ServerEvent } from './types'

/** Whether what the pages show is as of now. */
export type LiveState = 'connecting' | 'live' | 'stale' | 'paused'

const silenceMax = 45_000 // three heartbeats
const batchEvery = 250
const refreshEvery = 2_000
const retryMax = 5_000
const secondsKept = 60

/** The connection over which the server tells what happens. Events change the cached answers at once; what an event
 *  cannot tell in full is asked for again, at most every two seconds. */
class LiveFeed {
  private state: LiveState = 'connecting'
  private since = Date.now()
  private reason: string | undefined
  private readonly listeners = new Set<() => void>()
  private readonly watchers = new Set<(events: ServerEvent[]) => void>()
  private lastId: string | undefined
  private aliveAt = 0
  private batch: ServerEvent[] = []
  private batchTimer: ReturnType<typeof setTimeout> | undefined
  private refreshTimer: ReturnType<typeof setTimeout> | undefined
  private readonly dirty = new Set<string>()
  private hasNewJobs = false
  private readonly starts = new Map<number, number>()
  private client: QueryClient | undefined

  start(client: QueryClient): () => void {
    this.client = client
    const abort = new AbortController()
    void this.run(abort.signal)
    const watchdog = setInterval(() => this.checkSilence(), 5_000)
    return () => {
      clearInterval(watchdog)
      abort.abort()
    }
  }

  pause(): void {
    this.set(this.state === 'paused' ? 'live' : 'paused')
    if (this.state === 'live') this.refreshAll()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Gets each batch of events, while the caller is there. */
  watch(watcher: (events: ServerEvent[]) => void): () => void {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  get = (): LiveState => this.state
  changedAt = (): number => this.since
  /** Why nothing comes, as the server said it; undefined: it does not answer, or said nothing. */
  problem = (): string | undefined => this.reason

  /** Runs that started in each of the last seconds, oldest first; the present second is not over and left out. */
  startsPerSecond(now: number): number[] {
    const second = Math.floor(now / 1000)
    return Array.from({ length: secondsKept }, (_, i) => this.starts.get(second - secondsKept + i) ?? 0)
  }

  private set(state: LiveState): void {
    if (state === this.state) return
    this.state = state
    this.since = Date.now()
    for (const listener of this.listeners) listener()
  }

  private async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      const began = Date.now()
      try {
        await readEvents(
          '/v1/events',
          this.lastId,
          signal,
          (m) => this.take(m.id, m.data),
          () => this.alive(),
        )
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof ApiError && error.status === 401) return // signing in starts it anew
        this.explain(error)
      }
      if (Date.now() - began > retryMax) failures = 0
      this.set('stale')
      await new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** failures, retryMax)))
    }
  }

  private explain(error: unknown): void {
    const said = error instanceof ApiError && error.status > 0 ? error.problem.detail : undefined
    if (said === this.reason) return
    this.reason = said
    for (const listener of this.listeners) listener()
  }

  private alive(): void {
    this.aliveAt = Date.now()
    this.reason = undefined
    if (this.state === 'paused' || this.state === 'live') return
    const wasStale = this.state === 'stale'
    this.set('live')
    if (wasStale) this.refreshAll()
  }

  private checkSilence(): void {
    if (this.state === 'live' && Date.now() - this.aliveAt > silenceMax) this.set('stale')
  }

  private take(id: string, data: string): void {
    const event = JSON.parse(data) as ServerEvent
    // A gap says that events are lost; what they changed is not known.
    if (this.lastId !== undefined && Number(id) !== Number(this.lastId) + 1) this.refreshAll()
    this.lastId = id
    this.count(event)
    this.batch.push(event)
    this.batchTimer ??= setTimeout(() => this.flush(), batchEvery)
  }

  private count(event: ServerEvent): void {
    if (event.run?.state !== 'running') return
    const second = Math.floor(Date.now() / 1000)
    this.starts.set(second, (this.starts.get(second) ?? 0) + 1)
    for (const old of this.starts.keys()) {
      if (old >= second - secondsKept) break
      this.starts.delete(old)
    }
  }

  private flush(): void {
    this.batchTimer = undefined
    const events = this.batch
    this.batch = []
    if (this.state === 'paused' || !this.client) return
    applyEvents(this.client, events)
    for (const watcher of this.watchers) watcher(events)
    for (const event of events) {
      this.dirty.add(event.job)
      if (event.kind !== 'runChanged') this.hasNewJobs = true
    }
    this.refreshTimer ??= setTimeout(() => this.refresh(), refreshEvery)
  }

  /** Asks again for what the events of the last seconds changed and the screen shows. */
  private refresh(): void {
    this.refreshTimer = undefined
    const changed = new Set(this.dirty)
    this.dirty.clear()
    const isOtherSet = this.hasNewJobs
    this.hasNewJobs = false
    void this.client?.invalidateQueries({
      predicate: ({ queryKey: [kind, subject, sort], state }) => {
        if (kind === 'jobs')
          return (
            isOtherSet ||
            dependsOnRuns(subject as JobFilter, sort as string) ||
            ((state.data as JobPage | undefined)?.items.some((job) => changed.has(job.name)) ?? true)
          )
        if (kind === 'upcoming' || kind === 'load') return isOtherSet
        if (kind === 'overview' || kind === 'home' || kind === 'runs' || kind === 'graph') return true
        return kind === 'job' && typeof subject === 'string' && changed.has(subject)
      },
    })
  }

  private refreshAll(): void {
    void this.client?.invalidateQueries()
  }
}

/** Whether runs change which jobs a list holds, or their order. */
function dependsOnRuns(filter: JobFilter, sort: string): boolean {
  const isByName = sort.endsWith('name') || sort.endsWith('owner') || sort.endsWith('updated')
  return filter.state !== undefined || filter.lastRun !== undefined || !isByName
}

export const live = new LiveFeed()

export function useLive(): LiveState {
  return useSyncExternalStore(live.subscribe, live.get)
}

export function useLiveProblem(): string | undefined {
  return useSyncExternalStore(live.subscribe, live.problem)
}

/** Puts what events tell into the cached answers. */
export function applyEvents(client: QueryClient, events: ServerEvent[]): void {
  const runs = new Map<string, Run>()
  for (const { run } of events) if (run) runs.set(run.id, run)
  if (runs.size === 0) return

  const byJob = new Map<string, Run[]>()
  for (const run of runs.values()) byJob.set(run.job, [...(byJob.get(run.job) ?? []), run])
  client.setQueriesData<JobPage>({ queryKey: ['jobs'] }, (page) => {
    if (!page?.items.some((job) => byJob.has(job.name))) return page
    return {
      ...page,
      items: page.items.map((job) => {
        const changed = byJob.get(job.name)
        return changed ? { ...job, ...summaryChange(job, changed) } : job
      }),
    }
  })
  for (const run of runs.values()) {
    client.setQueryData<Run>(['run', run.id], (known) => (known ? run : known))
    client.setQueryData<Job>(['job', run.job], (job) => job && { ...job, status: withRun(job.status, run) })
  }
  client.setQueriesData<RunPage>({ queryKey: ['runs'] }, (page) =>
    page?.items?.some((run) => runs.has(run.id))
      ? { ...page, items: page.items.map((run) => runs.get(run.id) ?? run) }
      : page,
  )
}

function summaryChange(job: JobPage['items'][number], runs: Run[]): Partial<JobPage['items'][number]> {
  const active = runs.filter((run) => !hasEnded(run.state))
  const ended = runs.map(lastRunOf).findLast((run) => run !== undefined)
  const isRunning = active.some((run) => run.state !== 'queued')
  const change: Partial<JobPage['items'][number]> = {}
  if (active.length > 0) change.state = isRunning ? 'running' : 'queued'
  else if (ended && job.activeRuns <= 1) change.state = 'idle'
  if (ended) change.lastRun = ended
  return change
}

function withRun(status: Job['status'], run: Run): Job['status'] {
  const others = status.activeRuns.filter((active) => active.id !== run.id)
  const activeRuns = hasEnded(run.state) ? others : [...others, run]
  const state = activeRuns.some((r) => r.state !== 'queued') ? 'running' : activeRuns.length > 0 ? 'queued' : 'idle'
  return { ...status, activeRuns, state }
}
