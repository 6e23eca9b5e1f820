import './timeline.css'
import { ActionIcon, Button, SegmentedControl } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { api } from '../api/api'
import type { Run } from '../api/types'
import { Icon } from '../common/Icon'
import { Empty, Failure, Loading, PageHead } from '../common/parts'
import { stateWord } from '../common/Status'
import { showDuration, showExactly, showInstant, useNow, useZone } from '../common/time'

const spans: Record<string, number> = { '15m': 15, '1h': 60, '6h': 360, '24h': 1440 }
const minute = 60_000
const runsMax = 1_000
const rowsMax = 200
const plannedMax = 2_000
const plannedEvery = 30_000
/** How much of the picture lies ahead. */
const aheadShare = 0.2
const ticks = 6

interface Row {
  job: string
  runs: Run[]
  planned: number[]
}

/** Runs over time, one row a job; those that are planned are outlined. */
export function Timeline() {
  const { span = '1h', until } = useSearch({ from: '/timeline' })
  const navigate = useNavigate({ from: '/timeline' })
  const now = useNow()
  const length = (spans[span] ?? 60) * minute
  const isLive = until === undefined
  const right = isLive ? now + length * aheadShare : Date.parse(until)
  const left = right - length
  const bucket = Math.floor(left / minute)

  const runs = useQuery({
    queryKey: ['runs', 'timeline', span, isLive ? '' : right, isLive ? Math.floor(bucket / 5) : bucket],
    queryFn: () =>
      api.runs({ from: new Date(left - length).toISOString(), until: new Date(right).toISOString() }, runsMax),
    placeholderData: keepPreviousData,
  })
  const isAhead = right > now
  const planned = useQuery({
    queryKey: ['upcoming', span, isLive ? bucket : right],
    queryFn: () => api.upcoming(new Date(right).toISOString(), plannedMax),
    refetchInterval: plannedEvery,
    placeholderData: keepPreviousData,
    enabled: isAhead,
  })
  const starts = isAhead ? planned.data?.items : undefined
  const rows = useMemo(() => rowsOf(runs.data?.items ?? [], starts ?? [], left, right), [runs.data, starts, bucket])

  function move(by: number) {
    const to = right + by * length * 0.5
    const isNow = Math.abs(to - now - length * aheadShare) < length * 0.25
    void navigate({ search: { span, ...(!isNow && { until: new Date(to).toISOString() }) }, replace: true })
  }

  return (
    <div className="page">
      <PageHead title="Timeline" sub="Runs over time; outlined ones are planned">
        <SegmentedControl
          size="xs"
          aria-label="How long"
          value={span}
          onChange={(next) => void navigate({ search: { span: next, ...(until && { until }) }, replace: true })}
          data={Object.keys(spans)}
        />
        <ActionIcon.Group>
          <ActionIcon variant="default" aria-label="Earlier" onClick={() => move(-1)} style={{ rotate: '180deg' }}>
            <Icon name="right" />
          </ActionIcon>
          <ActionIcon variant="default" aria-label="Later" onClick={() => move(1)}>
            <Icon name="right" />
          </ActionIcon>
        </ActionIcon.Group>
        {!isLive && (
          <Button variant="default" onClick={() => void navigate({ search: { span }, replace: true })}>
            Now
          </Button>
        )}
      </PageHead>
      {planned.error && <Failure error={planned.error} retry={() => void planned.refetch()} />}
      {runs.error && <Failure error={runs.error} retry={() => void runs.refetch()} />}
      {!runs.data && !runs.error && <Loading />}
      {runs.data && rows.length === 0 && (
        <div className="panel">
          <Empty icon="timeline" title="Nothing runs in this time">
            Choose a longer time, or another one.
          </Empty>
        </div>
      )}
      {rows.length > 0 && <Rows rows={rows} left={left} right={right} now={now} />}
      {runs.data?.next && (
        <p className="dim">
          Only the latest {runsMax.toLocaleString('en')} runs are shown. Choose a shorter time to see all.
        </p>
      )}
      {isAhead && planned.data?.isWhole === false && (
        <p className="dim">
          Only the next {plannedMax.toLocaleString('en')} planned starts are shown. Choose a shorter time to see all.
        </p>
      )}
    </div>
  )
}

function rowsOf(runs: Run[], starts: { job: string; at: string }[], left: number, right: number): Row[] {
  const rows = new Map<string, Row>()
  const rowOf = (job: string) => {
    const row = rows.get(job) ?? { job, runs: [], planned: [] }
    rows.set(job, row)
    return row
  }
  for (const run of runs) {
    const end = run.endedAt ? Date.parse(run.endedAt) : Number.POSITIVE_INFINITY
    if (end >= left && Date.parse(run.nominal) <= right) rowOf(run.job).runs.push(run)
  }
  for (const start of starts) {
    const at = Date.parse(start.at)
    if (at >= left && at <= right) rowOf(start.job).planned.push(at)
  }
  return [...rows.values()].sort((a, b) => a.job.localeCompare(b.job, 'en')).slice(0, rowsMax)
}

function Rows({ rows, left, right, now }: { rows: Row[]; left: number; right: number; now: number }) {
  const zone = useZone()
  const navigate = useNavigate()
  const share = (at: number) => `${((at - left) / (right - left)) * 100}%`
  const marks = Array.from({ length: ticks }, (_, i) => left + ((right - left) * (i + 0.5)) / ticks)
  return (
    <div
      className="panel gantt"
      role="table"
      aria-label="Runs over time"
      onClick={({ target }) => {
        const id = target instanceof HTMLElement ? target.dataset.run : undefined
        if (id) void navigate({ to: '/runs/$id', params: { id }, search: {} })
      }}
    >
      <div className="gantt-row gantt-head" role="row">
        <span role="columnheader">Job</span>
        <span className="gantt-track" role="columnheader">
          <span className="visually-hidden">Runs</span>
          {marks.map((at) => (
            <i key={at} style={{ left: share(at) }}>
              {showInstant(at, zone, now).slice(0, 12)}
            </i>
          ))}
        </span>
      </div>
      {rows.map((row) => (
        <div key={row.job} className="gantt-row" role="row">
          <span role="rowheader" className="cut">
            <Link to="/jobs/$name" params={{ name: row.job }} search={{}}>
              {row.job}
            </Link>
          </span>
          <span className="gantt-track" role="cell">
            <span className="visually-hidden">{summaryOf(row)}</span>
            {now >= left && now <= right && <b className="gantt-now" style={{ left: share(now) }} />}
            {row.planned
              .filter((at) => at >= now)
              .map((at) => (
                <b
                  key={at}
                  className="gantt-planned"
                  style={{ left: share(at) }}
                  title={`planned\n${showExactly(new Date(at).toISOString(), zone)}`}
                />
              ))}
            {row.runs.map((run) => (
              <Bar key={run.id} run={run} left={left} right={right} now={now} zone={zone} />
            ))}
          </span>
        </div>
      ))}
    </div>
  )
}

/** A run. Bars are too small to be aimed at, so they are for the mouse only: the job's page has all its runs. */
function Bar(props: { run: Run; left: number; right: number; now: number; zone: string }) {
  const { run, left, right, now, zone } = props
  const due = Date.parse(run.nominal)
  const start = run.startedAt ? Date.parse(run.startedAt) : due
  const end = run.endedAt ? Date.parse(run.endedAt) : now
  const share = (ms: number) => (ms / (right - left)) * 100
  const from = Math.max(start, left)
  const took = showDuration(Math.max(0, end - start))
  return (
    <>
      {start - due > 1000 && start > left && (
        <b
          className="gantt-wait"
          style={{
            left: `${share(Math.max(due, left) - left)}%`,
            width: `${share(start - Math.max(due, left))}%`,
          }}
        />
      )}
      <b
        data-run={run.id}
        className={`gantt-bar bar-${run.state}`}
        style={{
          left: `${share(from - left)}%`,
          width: `max(4px, ${share(Math.max(0, Math.min(end, right) - from))}%)`,
        }}
        title={`${stateWord(run.state)}, took ${took}\n${showExactly(run.nominal, zone)}`}
      />
    </>
  )
}

function summaryOf(row: Row): string {
  const failed = row.runs.filter((run) => run.state === 'failed' || run.state === 'lost').length
  return `${row.runs.length} runs, ${failed} failed${row.planned.length > 0 ? `, ${row.planned.length} planned` : ''}`
}
