import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useCallback, useMemo } from 'react'
import { api } from '../api/api'
import type { Job, JobDefinition, Percentiles, RunState } from '../api/types'
import { Icon } from '../common/Icon'
import { Facts, Failure, Loading, Panel } from '../common/parts'
import { attempt } from '../common/notify'
import { useMay } from '../common/role'
import { State, StateMark } from '../common/Status'
import { showDuration, Time } from '../common/time'
import { RunTable } from '../run/RunTable'
import { numberOf, objectOf, textOf, textsOf } from './definition'
import { NextTimes } from './NextTimes'
import { NoRuns } from './NoRuns'

const Chart = lazy(() => import('../common/Chart'))
const charted = 200
const listed = 8

/** What a job is and how it did. */
export function JobOverview({ name, job }: { name: string; job: Job }) {
  return (
    <div className="grid">
      <div className="span-7 stack">
        <When name={name} job={job} />
        <Durations name={name} />
        <Recent name={name} />
      </div>
      <div className="span-5 stack">
        <What definition={job.definition} engine={job.status.engine} />
        <Statistics name={name} />
        <Neighbours job={job} />
        <Backfills name={name} job={job} />
        <Policies definition={job.definition} job={job} />
      </div>
    </div>
  )
}

function When({ name, job }: { name: string; job: Job }) {
  const { definition } = job
  const schedule = textOf(definition, 'schedule')
  const parents = textsOf(definition, 'parents')
  const { data, error } = useQuery({
    queryKey: ['job', name, 'schedule', job.etag, job.status.next?.at],
    queryFn: () => api.schedule(name, 10),
    enabled: schedule !== '',
    placeholderData: (before) => before,
  })
  return (
    <Panel title="When it starts" right={schedule && <code className="dim">{schedule}</code>}>
      {schedule && error && <Failure error={error} />}
      {schedule && data && (
        <div className="when">
          <span className="when-words">{data.description ?? schedule}</span>
          <span className="dim">
            {kinds[data.kind]} in {data.timeZone}
            {data.remaining !== undefined && `, ${data.remaining.toLocaleString('en')} left`}
            {definition.disabled === true && '. It is disabled, so none of these start it.'}
          </span>
          <NextTimes preview={data} />
        </div>
      )}
      {!schedule && parents.length > 0 && <WaitsFor job={job} parents={parents} />}
      {!schedule && parents.length === 0 && (
        <span>By hand only, or by another program: it has neither a schedule nor parents.</span>
      )}
    </Panel>
  )
}

const kinds = {
  elapsed: 'Elapsed time, immune to daylight saving,',
  fixed: 'Fixed wall times',
  flowing: 'Follows elapsed time',
}

const outcomes: Record<string, string> = { success: 'succeeded', failure: 'failed', completion: 'ended' }

function WaitsFor({ job, parents }: { job: Job; parents: string[] }) {
  const trigger = textOf(job.definition, 'trigger') || 'success'
  const done = new Set(job.status.finishedParents)
  return (
    <div className="when">
      <span className="when-words">
        When {parents.length === 1 ? 'its parent has' : `all of its ${parents.length} parents have`}{' '}
        {outcomes[trigger] ?? trigger}
      </span>
      <ul className="rows">
        {parents.map((parent) => (
          <li key={parent}>
            <StateMark state={done.has(parent) ? 'succeeded' : 'queued'} />
            <Link to="/jobs/$name" params={{ name: parent }} search={{}} className="cut">
              {parent}
            </Link>
            <span className="end dim">{done.has(parent) ? 'done since its last start' : 'waited for'}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function What({ definition, engine }: { definition: JobDefinition; engine: string }) {
  const labels = Object.entries(objectOf(definition.labels))
  const image = objectOf(definition.container).image
  const items: [string, ReactNode][] = [
    ['Engine', engine],
    ['Owner', textOf(definition, 'owner') || <span className="dim">nobody</span>],
    [
      'Resources',
      <span key="r" className="num">
        {numberOf(definition, 'cpus')} cpus, {numberOf(definition, 'mem')} MiB
      </span>,
    ],
  ]
  if (typeof image === 'string') items.push(['Image', <code key="i">{image}</code>])
  const command = textOf(definition, 'command')
  const args = textsOf(definition, 'arguments')
  return (
    <Panel title="What runs">
      <div className="stack-s">
        {command ? (
          <pre className="command" tabIndex={0} aria-label="Command">
            {command}
          </pre>
        ) : (
          <span className="dim">The image's own command</span>
        )}
        {args.length > 0 && <code className="dim">{args.join(' ')}</code>}
        <Facts items={items} />
        {labels.length > 0 && (
          <div className="tags">
            {labels.map(([key, value]) => (
              <Link key={key} to="/jobs" search={{ label: `${key}=${String(value)}` }} className="tag">
                {key}={String(value)}
              </Link>
            ))}
          </div>
        )}
      </div>
    </Panel>
  )
}

const seconds = (value: number) => showDuration(value * 1000)

function Durations({ name }: { name: string }) {
  const navigate = useNavigate()
  const { data, error } = useQuery({
    queryKey: ['job', name, 'chart'],
    queryFn: () => api.runs({ job: name, state: ['succeeded', 'failed', 'killed', 'lost'] }, charted),
  })
  const runs = useMemo(() => data?.items.filter((run) => run.startedAt && run.endedAt).reverse() ?? [], [data])
  const chart = useMemo(() => {
    const took = runs.map((run) => (Date.parse(run.endedAt ?? '') - Date.parse(run.startedAt ?? '')) / 1000)
    const only = (isGood: boolean) =>
      took.map((value, i) => ((runs[i]?.state === 'succeeded') === isGood ? value : null))
    return {
      times: runs.map((run) => Date.parse(run.nominal)),
      series: [
        { label: 'succeeded', values: only(true), color: 'var(--ok)', bars: true },
        { label: 'failed or killed', values: only(false), color: 'var(--bad)', bars: true },
      ],
    }
  }, [runs])
  const open = useCallback(
    (index: number) => {
      const run = runs[index]
      if (run) void navigate({ to: '/runs/$id', params: { id: run.id }, search: {} })
    },
    [navigate, runs],
  )
  if (error) return <Failure error={error} />
  if (runs.length < 2) return null
  return (
    <Panel title="How long it took">
      <Suspense fallback={<Loading />}>
        <Chart
          {...chart}
          height={180}
          label={`Durations of the last ${runs.length} runs`}
          show={seconds}
          onPick={open}
        />
      </Suspense>
    </Panel>
  )
}

function Statistics({ name }: { name: string }) {
  const { data, error } = useQuery({ queryKey: ['job', name, 'statistics'], queryFn: () => api.statistics(name) })
  if (error) return <Failure error={error} />
  if (!data || data.runs === 0) return null
  const outcomes = Object.entries(data.outcomes) as [RunState, number][]
  return (
    <Panel title="Statistics" right={<span className="dim">last {data.runs.toLocaleString('en')} runs</span>}>
      <div className="stack-s">
        <div>
          <div className="outcomes" aria-hidden="true">
            {outcomes.map(([state, count]) => (
              <i key={state} className={`state-${state}`} style={{ flex: count }} />
            ))}
          </div>
          <div className="outcome-key">
            {outcomes.map(([state, count]) => (
              <span key={state} className="num">
                <State state={state} /> {count.toLocaleString('en')}
              </span>
            ))}
          </div>
        </div>
        {data.duration && <Spread title="Took" values={data.duration} />}
        {data.waiting && <Spread title="Waited" values={data.waiting} />}
      </div>
    </Panel>
  )
}

function Spread({ title, values }: { title: string; values: Percentiles }) {
  const shown: [string, number][] = [
    [`${title} 50 %`, values.p50],
    ['75 %', values.p75],
    ['95 %', values.p95],
    ['99 %', values.p99],
    ['most', values.max],
  ]
  return (
    <div className="stat-row">
      {shown.map(([label, value]) => (
        <div key={label}>
          <span>{label}</span>
          <b>{seconds(value)}</b>
        </div>
      ))}
    </div>
  )
}

function Neighbours({ job }: { job: Job }) {
  const parents = textsOf(job.definition, 'parents')
  const { children } = job.status
  if (parents.length + children.length === 0) return null
  return (
    <Panel title="Before and after">
      <Facts
        items={[
          ['Parents', <Names key="p" names={parents} />],
          ['Children', <Names key="c" names={children} />],
        ]}
      />
    </Panel>
  )
}

function Names({ names }: { names: string[] }) {
  if (names.length === 0) return <span className="dim">none</span>
  return (
    <span className="tags">
      {names.map((name) => (
        <Link key={name} to="/jobs/$name" params={{ name }} search={{}} className="tag">
          {name}
        </Link>
      ))}
    </span>
  )
}

function Backfills({ name, job }: { name: string; job: Job }) {
  const client = useQueryClient()
  const mayOperate = useMay('operator')
  if (job.status.backfills.length === 0) return null
  return (
    <Panel title="Backfills under way" flush>
      <ul className="rows">
        {job.status.backfills.map((one) => (
          <li key={one.id}>
            <Icon name="history" />
            <span>
              <Time at={one.from} /> to <Time at={one.until} />, at <Time at={one.cursor} />
            </span>
            {mayOperate && (
              <span className="end">
                <Button
                  variant="default"
                  onClick={() =>
                    void attempt('The backfill is stopped.', () => api.cancelBackfill(name, one.id)).then(() =>
                      client.invalidateQueries({ queryKey: ['job', name] }),
                    )
                  }
                >
                  Stop
                </Button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

const overlaps: Record<string, string> = {
  skip: 'is skipped',
  allow: 'runs beside it',
  queue: 'waits',
  replace: 'takes its place',
}

function Policies({ definition, job }: { definition: JobDefinition; job: Job }) {
  const missed = definition.missed
  const items: [string, ReactNode][] = [
    ['Retries', `${numberOf(definition, 'retries') ?? 0}${delayOf(definition)}`],
    ['Timeout', textOf(definition, 'timeout') || 'none'],
    ['A start while it runs', overlaps[textOf(definition, 'concurrency')] ?? textOf(definition, 'concurrency')],
  ]
  if (missed !== undefined)
    items.push(['Missed occurrences', typeof missed === 'string' ? missed : String(objectOf(missed).mode)])
  if (numberOf(definition, 'disableAfterFailures'))
    items.push(['Disabled after', `${numberOf(definition, 'disableAfterFailures')} failures in a row`])
  items.push(
    ['Created', <Time key="c" at={job.status.createdAt} />],
    ['Changed', <Time key="u" at={job.status.updatedAt} />],
  )
  return (
    <Panel title="Policies">
      <Facts items={items} />
    </Panel>
  )
}

function delayOf(definition: JobDefinition): string {
  const delay = textOf(definition, 'retryDelay')
  return delay ? `, after ${delay}` : ''
}

function Recent({ name }: { name: string }) {
  const { data, error } = useQuery({
    queryKey: ['job', name, 'recent'],
    queryFn: () => api.runs({ job: name }, listed),
  })
  if (error) return <Failure error={error} />
  return (
    <Panel title="Latest runs" flush>
      {data ? <RunTable runs={data.items} withJob={false} empty={<NoRuns />} /> : <Loading />}
    </Panel>
  )
}
