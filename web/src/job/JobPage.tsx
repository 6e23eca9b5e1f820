import { Tabs } from '@mantine/core'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { Job } from '../api/types'
import { Failure, Loading, PageHead } from '../common/parts'
import { State } from '../common/Status'
import { JobZone, Relative } from '../common/time'
import { RunTable } from '../run/RunTable'
import { useRuns } from '../run/useRuns'
import { Decisions } from './Decisions'
import { textOf } from './definition'
import { JobActions } from './JobActions'
import { JobOverview } from './JobOverview'
import { NoRuns } from './NoRuns'
import { useJob } from './useJob'
import '../run/run.css'
import './job.css'

const Definition = lazy(() => import('./Definition'))
const CalendarMap = lazy(() => import('../calendar/CalendarMap'))
const tabs = [
  ['overview', 'Overview'],
  ['runs', 'Runs'],
  ['decisions', 'Decisions'],
  ['calendar', 'Calendar'],
  ['definition', 'Definition'],
] as const

/** One job: what it is, how it does, and what can be done with it. */
export function JobPage() {
  const { name } = useParams({ from: '/jobs/$name' })
  const { tab = 'overview' } = useSearch({ from: '/jobs/$name' })
  const navigate = useNavigate({ from: '/jobs/$name' })
  const { data: job, error, refetch } = useJob(name)

  if (error && !job)
    return (
      <div className="page">
        <PageHead title={name} />
        <Failure error={error} retry={() => void refetch()} />
        <Link to="/runs" search={{ job: name }}>
          Its runs, as far as the history keeps them
        </Link>
      </div>
    )
  if (!job) return <Loading />

  return (
    <JobZone value={textOf(job.definition, 'scheduleTimeZone') || undefined}>
      <div className="page">
        <PageHead title={name} sub={<Summary job={job} />}>
          <JobActions name={name} job={job} />
        </PageHead>
        {error && <Failure error={error} retry={() => void refetch()} />}
        <Tabs
          value={tab}
          onChange={(next) =>
            void navigate({ search: next && next !== 'overview' ? { tab: next } : {}, replace: true })
          }
          keepMounted={false}
        >
          <div className="tab-row">
            <Tabs.List>
              {tabs.map(([value, label]) => (
                <Tabs.Tab key={value} value={value}>
                  {label}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Link to="/graph" search={{ job: name }} className="tab-link">
              Graph
            </Link>
          </div>
          <Tabs.Panel value="overview">
            <JobOverview name={name} job={job} />
          </Tabs.Panel>
          <Tabs.Panel value="runs">
            <RunsOf name={name} />
          </Tabs.Panel>
          <Tabs.Panel value="decisions">
            <Decisions name={name} />
          </Tabs.Panel>
          <Tabs.Panel value="calendar">
            <Suspense fallback={<Loading />}>
              <CalendarMap job={name} />
            </Suspense>
          </Tabs.Panel>
          <Tabs.Panel value="definition">
            <Suspense fallback={<Loading />}>
              <Definition job={job} />
            </Suspense>
          </Tabs.Panel>
        </Tabs>
      </div>
    </JobZone>
  )
}

function Summary({ job }: { job: Job }) {
  const { definition, status } = job
  const isDisabled = definition.disabled === true
  const description = textOf(definition, 'description')
  return (
    <>
      {isDisabled ? (
        <span className="state state-disabled">
          <State state="disabled" />
          {status.disabledReason && <span>({status.disabledReason})</span>}
        </span>
      ) : (
        <State state={status.state === 'idle' ? (status.lastRun?.state ?? 'none') : status.state} />
      )}
      {!isDisabled && status.next && (
        <span>
          next <Relative at={status.next.at} due />
        </span>
      )}
      {description && <span>{description}</span>}
    </>
  )
}

function RunsOf({ name }: { name: string }) {
  const { runs, more, error, isLoading, retry } = useRuns({ job: name })
  if (error) return <Failure error={error} retry={retry} />
  if (isLoading) return <Loading />
  return (
    <div className="panel">
      <RunTable runs={runs} withJob={false} more={more} empty={<NoRuns />} />
    </div>
  )
}
