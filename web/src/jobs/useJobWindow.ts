import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { api, type JobFilter } from '../api/api'
import { live } from '../api/live'
import { type JobPage, type JobSummary, type LastRun, lastRunOf } from '../api/types'

const pageSize = 100
const stripCount = 12
/** Of how many jobs the latest runs are kept. */
const knownMax = 2_000

function pageQuery(filter: JobFilter, sort: string, number: number) {
  return {
    queryKey: ['jobs', filter, sort, number],
    queryFn: ({ signal }: { signal: AbortSignal }) => api.jobs(filter, sort, pageSize, number * pageSize, { signal }),
    gcTime: 30_000,
  }
}

/** The first page of a list, which says how many jobs there are. */
export function useJobHead(filter: JobFilter, sort: string) {
  return useQuery({ ...pageQuery(filter, sort, 0), placeholderData: keepPreviousData })
}

export interface JobWindow {
  at: (index: number) => JobSummary | undefined
  strip: (name: string) => LastRun[] | undefined
}

/** The jobs of a list of any length, of which only the pages that are looked at are fetched. */
export function useJobWindow(
  filter: JobFilter,
  sort: string,
  head: JobPage | undefined,
  first: number,
  last: number,
): JobWindow {
  const from = Math.floor(first / pageSize)
  const until = Math.max(from, Math.floor(last / pageSize))
  const numbers = Array.from({ length: until - from + 1 }, (_, i) => from + i)
  const pages = useQueries({ queries: numbers.map((number) => pageQuery(filter, sort, number)) })

  const at = (index: number): JobSummary | undefined => {
    const number = Math.floor(index / pageSize)
    const shown = number === 0 ? head : pages[number - from]?.data
    return shown?.items[index % pageSize]
  }
  const names: string[] = []
  for (let i = first; i <= last; i++) {
    const job = at(i)
    if (job) names.push(job.name)
  }
  return { at, strip: useStrips(names) }
}

/** The last runs of the jobs in view: asked for once, then kept up to date by events. */
function useStrips(names: string[]): (name: string) => LastRun[] | undefined {
  const known = useRef(new Map<string, LastRun[]>())
  const missing = names.filter((name) => !known.current.has(name))
  const { data } = useQuery({
    queryKey: ['strips', missing],
    queryFn: async () => {
      const { items } = await api.recentRuns(missing.slice(0, 200), stripCount)
      for (const { job, runs } of items) known.current.set(job, runs)
      for (const job of known.current.keys()) {
        if (known.current.size <= knownMax) break
        known.current.delete(job)
      }
      return Date.now()
    },
    enabled: missing.length > 0,
    gcTime: 0,
    placeholderData: keepPreviousData,
  })

  useEffect(
    () =>
      live.watch((events) => {
        for (const { run } of events) {
          const latest = run && lastRunOf(run)
          const runs = latest && known.current.get(run.job)
          if (!runs || runs.some((one) => one.id === latest.id)) continue
          known.current.set(run.job, [latest, ...runs].slice(0, stripCount))
        }
      }),
    [],
  )

  // The map is filled outside of rendering; a new answer gives a new function, and so new rows.
  return useMemo(() => {
    void data
    return (name: string) => known.current.get(name)
  }, [data])
}
