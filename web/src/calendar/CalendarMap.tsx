import './calendar.css'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { api } from '../api/api'
import type { LoadForecast, Run } from '../api/types'
import { Failure, Loading } from '../common/parts'
import { useZone } from '../common/time'

const weeksBack = 13
const weeksAhead = 4
const dayMs = 86_400_000
const pageSize = 1_000
const pagesMax = 5
const hourMs = 3_600_000

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
  const start = useMemo(() => startOfWeek(Date.now() - (weeksBack - 1) * 7 * dayMs), [])
  const { data, error, refetch } = useQuery({
    queryKey: ['calendar', job ?? '', start],
    queryFn: () => readRuns(job, new Date(start).toISOString()),
    staleTime: 30_000,
  })
  const planned = useQuery({
    queryKey: ['load', 'calendar', job ?? ''],
    queryFn: () => api.load({ hours: (weeksAhead + 1) * 7 * 24, step: 60, job }),
    staleTime: 60_000,
  })
  const ahead = useMemo(
    () => (planned.data ? plannedDays(planned.data, zone) : new Map<string, number>()),
    [planned.data, zone],
  )
  const days = useMemo(() => (data ? daysOf(data.runs, zone) : new Map<string, Day>()), [data, zone])
  if (error) return <Failure error={error} retry={() => void refetch()} />
  if (!data) return <Loading />

  const most = Math.max(1, ...ahead.values(), ...[...days.values()].map((day) => day.good + day.bad + day.other))
  const today = dateIn(zone, Date.now())
  const columns = Array.from({ length: weeksBack + weeksAhead }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => dateIn(zone, start + (week * 7 + day) * dayMs + dayMs / 2)),
  )
  return (
    <div className="panel calendar">
      <div className="calendar-grid" role="grid" aria-label="Results by day" ref={showLatest}>
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
              <Cell
                key={date}
                date={date}
                day={days.get(date)}
                planned={date >= today ? (ahead.get(date) ?? 0) : 0}
                most={most}
                job={job}
                isAhead={date > today}
              />
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
        <span>
          <i className="day" data-kind="ahead" data-planned /> planned
        </span>
      </div>
      {planned.error && <Failure error={planned.error} retry={() => void planned.refetch()} />}
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
  planned: number
  job: string | undefined
  isAhead: boolean
}) {
  const { date, day, planned, most, job, isAhead } = props
  const ahead = planned > 0 ? `${planned.toLocaleString('en')} ${planned === 1 ? 'start' : 'starts'} planned` : ''
  if (!day) {
    const label = `${date}: ${ahead || (isAhead ? 'nothing planned' : 'nothing ran')}`
    return (
      <span
        className="day"
        role="gridcell"
        data-kind={isAhead || planned > 0 ? 'ahead' : undefined}
        data-planned={planned > 0 || undefined}
        style={planned > 0 ? shareOf(planned, most) : undefined}
        title={label}
        aria-label={label}
      />
    )
  }
  const total = day.good + day.bad + day.other
  const kind = day.bad > 0 ? 'bad' : day.good > 0 ? 'good' : 'other'
  const ran = `${date}: ${total.toLocaleString('en')} runs, ${day.bad.toLocaleString('en')} failed`
  const label = ahead ? `${ran}, ${ahead}` : ran
  const next = new Date(Date.parse(`${date}T00:00:00Z`) + dayMs).toISOString().slice(0, 10)
  return (
    <span role="gridcell">
      <Link
        to="/runs"
        search={{ ...(job && { job }), from: `${date}T00:00`, until: `${next}T00:00` }}
        className="day"
        data-kind={kind}
        style={shareOf(total, most)}
        title={label}
        aria-label={label}
      >
        {day.bad > 0 ? '×' : ''}
      </Link>
    </span>
  )
}

/** Where not all fits, what was lately and what comes is what people look for. */
function showLatest(grid: HTMLElement | null): void {
  grid?.scrollTo({ left: grid.scrollWidth })
}

/** The more, the deeper the colour. */
function shareOf(count: number, most: number): React.CSSProperties {
  return { '--share': 0.35 + 0.65 * Math.sqrt(count / most) } as React.CSSProperties
}

/** Planned starts by day. */
function plannedDays(load: LoadForecast, zone: string): Map<string, number> {
  const days = new Map<string, number>()
  load.starts.forEach((count, hour) => {
    const date = dateIn(zone, Date.parse(load.from) + hour * hourMs)
    days.set(date, (days.get(date) ?? 0) + count)
  })
  return days
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
