import './home.css'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useMemo } from 'react'
import { api } from '../api/api'
import { live } from '../api/live'
import type { RunState } from '../api/types'
import { Icon } from '../common/Icon'
import { Empty, Failure, Loading, PageHead, Panel } from '../common/parts'
import { StateMark } from '../common/Status'
import { JobZone, Relative, showMinute, Time, useNow, useZone } from '../common/time'
import { Health } from './Health'

const Chart = lazy(() => import('../common/Chart'))
const listed = 8
const loadHours = 24

/** How everything does, at a glance. */
export function Home() {
  const { data, error, refetch } = useQuery({ queryKey: ['overview'], queryFn: api.overview })
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
  const { data, error } = useQuery({
    queryKey: ['home', 'upcoming'],
    queryFn: () => api.jobs({ kind: 'schedule', disabled: false }, 'next', listed, 0),
  })
  const jobs = data?.items.filter((job) => job.next) ?? []
  return (
    <Panel
      title="Upcoming"
      flush
      right={
        <Link to="/jobs" search={{ sort: 'next' }}>
          All
        </Link>
      }
    >
      <ListOf
        error={error}
        isLoading={!data}
        isEmpty={jobs.length === 0}
        empty={
          <Empty icon="clock" title="Nothing is scheduled">
            Jobs with a schedule show here with a countdown.
          </Empty>
        }
      >
        {jobs.map((job) => (
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
        ))}
      </ListOf>
    </Panel>
  )
}

function Failures() {
  const { data, error } = useQuery({
    queryKey: ['home', 'failures'],
    queryFn: () => api.runs({ state: ['failed', 'lost'] }, listed),
  })
  return (
    <Panel
      title="Latest failures"
      flush
      right={
        <Link to="/runs" search={{ state: 'failed' }}>
          All
        </Link>
      }
    >
      <ListOf
        error={error}
        isLoading={!data}
        isEmpty={data?.items.length === 0}
        empty={
          <Empty icon="check" title="Nothing failed">
            Runs that fail show here with their reason.
          </Empty>
        }
      >
        {data?.items.map((run) => (
          <li key={run.id}>
            <StateMark state={run.state} />
            <span className="two">
              <Link to="/runs/$id" params={{ id: run.id }} search={{}} className="cut">
                {run.job}
              </Link>
              <span className="cut dim">{run.reason ?? reasonOf(run.attempts.at(-1))}</span>
            </span>
            <span className="end">
              <Time at={run.endedAt ?? run.nominal} />
            </span>
          </li>
        ))}
      </ListOf>
    </Panel>
  )
}

function reasonOf(attempt: { exitCode?: number; signal?: number; message?: string } | undefined): string {
  if (attempt?.message) return attempt.message
  if (attempt?.signal !== undefined) return `ended by signal ${attempt.signal}`
  return attempt?.exitCode === undefined ? 'no reason is known' : `exit code ${attempt.exitCode}`
}

function ListOf(props: {
  error: unknown
  isLoading: boolean
  isEmpty: boolean
  empty: ReactNode
  children: ReactNode
}) {
  if (props.error)
    return (
      <div className="panel-body">
        <Failure error={props.error} />
      </div>
    )
  if (props.isLoading) return <Loading />
  return props.isEmpty ? props.empty : <ul className="rows">{props.children}</ul>
}

const whole = (value: number) => Math.round(value).toLocaleString('en')

/** Starts per minute of the next day, so that a herd at midnight is seen before it comes. */
function LoadAhead() {
  const zone = useZone()
  const { data, error } = useQuery({
    queryKey: ['load', loadHours],
    queryFn: () => api.load(loadHours),
    staleTime: 60_000,
    refetchInterval: 120_000,
  })
  const times = useMemo(() => data?.minutes.map((_, i) => Date.parse(data.from) + i * 60_000) ?? [], [data])
  const series = useMemo(
    () => [{ label: 'starts per minute', values: data?.minutes ?? [], color: 'var(--busy)', bars: true }],
    [data],
  )
  const most = Math.max(0, ...(data?.minutes ?? []))
  const peak = data && most > 0 ? showMinute(times[data.minutes.indexOf(most)] ?? 0, zone) : undefined
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
