import './calendar.css'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { api } from '../api/api'
import type { Run } from '../api/types'
import { Failure, Loading } from '../common/parts'
import { useZone } from '../common/time'

const weeks = 13
const dayMs = 86_400_000
const pageSize = 1_000
const pagesMax = 5

interface Day {
  date: string
  good: number
  bad: number
  other: number
}

async function readRuns(job: string | undefined, from: string): Promise<{ runs: Run[]; isAll: boolean }> {
  const runs: Run[] = []
  let after: string | undefined
  for (let page = 0; page < pagesMax; page++) {
    const found = await api.runs({ job, from }, pageSize, after)
    runs.push(...found.items)
    after = found.next
    if (!after) return { runs, isAll: true }
  }
  return { runs, isAll: false }
}

/** Results by day, as a map: red where something failed, the deeper the more. */
export default function CalendarMap({ job }: { job?: string | undefined }) {
  const zone = useZone()
  const start = useMemo(() => startOfWeek(Date.now() - (weeks - 1) * 7 * dayMs), [])
  const { data, error, refetch } = useQuery({
    queryKey: ['calendar', job ?? '', start],
    queryFn: () => readRuns(job, new Date(start).toISOString()),
    staleTime: 30_000,
  })
  const days = useMemo(() => (data ? daysOf(data.runs, zone) : new Map<string, Day>()), [data, zone])
  if (error) return <Failure error={error} retry={() => void refetch()} />
  if (!data) return <Loading />

  const most = Math.max(1, ...[...days.values()].map((day) => day.good + day.bad + day.other))
  const today = dateIn(zone, Date.now())
  const columns = Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => dateIn(zone, start + (week * 7 + day) * dayMs + dayMs / 2)),
  )
  return (
    <div className="panel calendar">
      <div className="calendar-grid" role="grid" aria-label="Results by day">
        <div className="calendar-week" aria-hidden="true">
          <span />
          {['Mon', '', 'Wed', '', 'Fri', '', 'Sun'].map((name, i) => (
            <span key={i} className="calendar-name">
              {name}
            </span>
          ))}
        </div>
        {columns.map((week, i) => (
          <div key={week[0]} className="calendar-week" role="row">
            <span className="calendar-name" aria-hidden="true">
              {monthOf(week, columns[i - 1])}
            </span>
            {week.map((date) => (
              <Cell key={date} date={date} day={days.get(date)} most={most} job={job} isAhead={date > today} />
            ))}
          </div>
        ))}
      </div>
      <div className="calendar-key">
        <span>
          <i className="day" data-kind="good" /> all succeeded
        </span>
        <span>
          <i className="day" data-kind="bad" /> something failed
        </span>
        <span>
          <i className="day" data-kind="other" /> only skipped, missed or killed
        </span>
        <span>
          <i className="day" /> nothing ran
        </span>
      </div>
      {!data.isAll && (
        <p className="dim">
          Only the latest {(pageSize * pagesMax).toLocaleString('en')} runs are counted: days before{' '}
          {dateIn(zone, Date.parse(data.runs.at(-1)?.nominal ?? ''))} are not complete.
        </p>
      )}
    </div>
  )
}

function Cell(props: {
  date: string
  day: Day | undefined
  most: number
  job: string | undefined
  isAhead: boolean
}) {
  const { date, day, most, job, isAhead } = props
  if (isAhead) return <span className="day" data-kind="ahead" role="gridcell" aria-label={`${date}: ahead`} />
  if (!day)
    return <span className="day" role="gridcell" title={`${date}: nothing ran`} aria-label={`${date}: nothing ran`} />
  const total = day.good + day.bad + day.other
  const kind = day.bad > 0 ? 'bad' : day.good > 0 ? 'good' : 'other'
  const label = `${date}: ${total.toLocaleString('en')} runs, ${day.bad.toLocaleString('en')} failed`
  const next = new Date(Date.parse(`${date}T00:00:00Z`) + dayMs).toISOString().slice(0, 10)
  return (
    <span role="gridcell">
      <Link
        to="/runs"
        search={{ ...(job && { job }), from: `${date}T00:00`, until: `${next}T00:00` }}
        className="day"
        data-kind={kind}
        style={{ '--share': 0.35 + 0.65 * Math.sqrt(total / most) } as React.CSSProperties}
        title={label}
        aria-label={label}
      >
        {day.bad > 0 ? '×' : ''}
      </Link>
    </span>
  )
}

function daysOf(runs: Run[], zone: string): Map<string, Day> {
  const days = new Map<string, Day>()
  for (const run of runs) {
    const date = dateIn(zone, Date.parse(run.nominal))
    const day = days.get(date) ?? { date, good: 0, bad: 0, other: 0 }
    if (run.state === 'succeeded') day.good++
    else if (run.state === 'failed' || run.state === 'lost') day.bad++
    else if (run.endedAt) day.other++
    days.set(date, day)
  }
  return days
}

const dates = new Map<string, Intl.DateTimeFormat>()

function dateIn(zone: string, at: number): string {
  const format = dates.get(zone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone })
  dates.set(zone, format)
  return format.format(at)
}

function startOfWeek(at: number): number {
  const midnight = Math.floor(at / dayMs) * dayMs
  return midnight - ((new Date(midnight).getUTCDay() + 6) % 7) * dayMs
}

function monthOf(week: string[], before: string[] | undefined): string {
  const month = week[0]?.slice(0, 7)
  if (!month || before?.[0]?.startsWith(month)) return ''
  return new Intl.DateTimeFormat('en', { month: 'short', timeZone: 'UTC' }).format(
    Date.parse(`${month}-01T00:00:00Z`),
  )
}
