import './home.css'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useMemo } from 'react'
import { api } from '../api/api'
import { live } from '../api/live'
import { useOverview } from '../cluster/useCluster'
import type { RunState } from '../api/types'
import { Icon } from '../common/Icon'
import { Empty, Failure, Loading, PageHead, Panel } from '../common/parts'
import { StateMark } from '../common/Status'
import { JobZone, Relative, showMinute, Time, useNow, useZone } from '../common/time'
import { why } from '../run/why'
import { Health } from './Health'

const Chart = lazy(() => import('../common/Chart'))
const listed = 8
const loadHours = 24

/** How everything does, at a glance. */
export function Home() {
  const { data, error, refetch } = useOverview()
  const failed = (data?.lastRuns.failed ?? 0) + (data?.lastRuns.lost ?? 0)
  const rate = data?.recent.successRate
  return (
    <div className="page">
      <PageHead title="Home" />
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      <div className="tiles">
        <Tile to="/runs" search={{ state: 'running' }} value={data?.runningRuns} state="running" label="running" />
        <Tile to="/runs" search={{ state: 'queued' }} value={data?.queuedRuns} state="queued" label="queued" />
        <Tile to="/jobs" search={{ last: 'failed' }} value={data && failed} state="failed" label="jobs failed last" />
        <Tile
          to="/runs"
          search={{}}
          value={rate === undefined ? '–' : `${(rate * 100).toFixed(rate > 0.9995 || rate < 0.9 ? 0 : 1)} %`}
          state="succeeded"
          label={`of the last ${data?.recent.runs.toLocaleString('en') ?? ''} runs succeeded`}
        />
        <Tile
          to="/jobs"
          search={{}}
          value={data?.jobs}
          state="idle"
          label={data?.disabled ? `jobs, ${data.disabled.toLocaleString('en')} disabled` : 'jobs'}
        />
        <StartRate />
      </div>
      <div className="grid">
        <div className="span-6">
          <Upcoming />
        </div>
        <div className="span-6">
          <Failures />
        </div>
        <div className="span-8">
          <LoadAhead />
        </div>
        <div className="span-4">
          <Health />
        </div>
      </div>
    </div>
  )
}

function Tile(props: {
  to: '/runs' | '/jobs'
  search: Record<string, string>
  value: number | string | undefined
  state: RunState | 'idle'
  label: string
}) {
  const { value } = props
  return (
    <Link to={props.to} search={props.search} className="tile">
      <b>{value === undefined ? '–' : typeof value === 'number' ? value.toLocaleString('en') : value}</b>
      <span>
        <StateMark state={props.state} size={13} />
        {props.label}
      </span>
    </Link>
  )
}

/** Starts per second over the last minute, from the events as they arrive. */
function StartRate() {
  const now = useNow()
  const counts = live.startsPerSecond(now)
  const latest = counts.slice(-10)
  const rate = latest.reduce((sum, count) => sum + count, 0) / latest.length
  const most = Math.max(1, ...counts)
  return (
    <div className="tile">
      <b>{rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en')}</b>
      <span>
        <Icon name="play" size={13} />
        starts per second
      </span>
      <svg className="rate" viewBox="0 0 60 30" preserveAspectRatio="none" aria-hidden="true">
        {counts.map((count, i) => {
          const height = (count / most) * 29
          return <rect key={i} x={i + 0.1} width={0.8} y={30 - height} height={height} />
        })}
      </svg>
    </div>
  )
}

function Upcoming() {
  const found = useQuery({
    queryKey: ['home', 'upcoming'],
    queryFn: () => api.jobs({ kind: 'schedule', disabled: false }, 'next', listed, 0),
  })
  return (
    <ListPanel
      title="Upcoming"
      all={{ to: '/jobs', search: { sort: 'next' } }}
      error={found.error}
      items={found.data?.items.filter((job) => job.next)}
      empty={
        <Empty icon="clock" title="Nothing is scheduled">
          Jobs with a schedule show here with a countdown.
        </Empty>
      }
    >
      {(job) => (
        <li key={job.name}>
          <Icon name="clock" size={15} />
          <Link to="/jobs/$name" params={{ name: job.name }} search={{}} className="cut">
            {job.name}
          </Link>
          <code className="cut dim only-wide">{job.schedule}</code>
          <span className="end">
            <JobZone value={job.scheduleTimeZone}>
              <Relative at={job.next} due />
            </JobZone>
          </span>
        </li>
      )}
    </ListPanel>
  )
}

function Failures() {
  const found = useQuery({
    queryKey: ['home', 'failures'],
    queryFn: () => api.runs({ state: ['failed', 'lost'] }, listed),
  })
  return (
    <ListPanel
      title="Latest failures"
      all={{ to: '/runs', search: { state: 'failed' } }}
      error={found.error}
      items={found.data?.items}
      empty={
        <Empty icon="check" title="Nothing failed">
          Runs that fail show here with their reason.
        </Empty>
      }
    >
      {(run) => (
        <li key={run.id}>
          <StateMark state={run.state} />
          <span className="two">
            <Link to="/runs/$id" params={{ id: run.id }} search={{}} className="cut">
              {run.job}
            </Link>
            <span className="cut dim">{why(run) || 'no reason is known'}</span>
          </span>
          <span className="end">
            <Time at={run.endedAt ?? run.nominal} />
          </span>
        </li>
      )}
    </ListPanel>
  )
}

/** The first of something, with a link to all. */
function ListPanel<T>(props: {
  title: string
  all: { to: '/jobs' | '/runs'; search: Record<string, string> }
  error: unknown
  items: T[] | undefined
  empty: ReactNode
  children: (item: T) => ReactNode
}) {
  const { title, all, error, items, empty, children } = props
  return (
    <Panel title={title} flush right={<Link {...all}>All</Link>}>
      {error && !items ? (
        <div className="panel-body">
          <Failure error={error} />
        </div>
      ) : null}
      {!items && !error && <Loading />}
      {items && (items.length === 0 ? empty : <ul className="rows">{items.map(children)}</ul>)}
    </Panel>
  )
}

const whole = (value: number) => Math.round(value).toLocaleString('en')

/** Starts per minute of the next day, so that a herd at midnight is seen before it comes. */
function LoadAhead() {
  const zone = useZone()
  const { data, error } = useQuery({
    queryKey: ['load', loadHours],
    queryFn: () => api.load({ hours: loadHours }),
    staleTime: 60_000,
    refetchInterval: 120_000,
  })
  const times = useMemo(() => data?.starts.map((_, i) => Date.parse(data.from) + i * 60_000) ?? [], [data])
  const series = useMemo(
    () => [{ label: 'starts per minute', values: data?.starts ?? [], color: 'var(--busy)', bars: true }],
    [data],
  )
  const most = Math.max(0, ...(data?.starts ?? []))
  const peak = data && most > 0 ? showMinute(times[data.starts.indexOf(most)] ?? 0, zone) : undefined
  return (
    <Panel
      title="Load ahead"
      right={
        peak && (
          <span className="dim">
            peak {whole(most)} at {peak}
            {data && data.sampledEvery > 1 && `, from a sample of 1 in ${data.sampledEvery}`}
          </span>
        )
      }
    >
      {error && <Failure error={error} />}
      {data && most === 0 && (
        <Empty icon="calendar" title="Nothing starts in the next 24 hours">
          Starts of all schedules show here, minute by minute.
        </Empty>
      )}
      {data && most > 0 && (
        <Suspense fallback={<Loading />}>
          <Chart
            times={times}
            series={series}
            height={210}
            label={`Starts per minute over the next ${loadHours} hours, at most ${most} at ${peak}`}
            show={whole}
          />
        </Suspense>
      )}
      {!data && !error && <Loading />}
    </Panel>
  )
}
