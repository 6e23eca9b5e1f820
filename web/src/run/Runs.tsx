import { Button, MultiSelect, TextInput } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { RunState } from '../api/types'
import { JobFilter } from '../common/JobFilter'
import { Empty, Failure, Loading, PageHead } from '../common/parts'
import { RunTable } from './RunTable'
import { useRuns } from './useRuns'
import './run.css'

const states: RunState[] = [
  'running',
  'starting',
  'queued',
  'succeeded',
  'failed',
  'killed',
  'skipped',
  'missed',
  'lost',
]

/** Every run of every job. */
export function Runs() {
  const search = useSearch({ from: '/runs' })
  const navigate = useNavigate({ from: '/runs' })
  const chosen = useMemo(() => (search.state?.split(',') ?? []) as RunState[], [search.state])
  const filter = useMemo(
    () => ({
      job: search.job,
      state: chosen.length > 0 ? chosen : undefined,
      from: search.from && new Date(search.from).toISOString(),
      until: search.until && new Date(search.until).toISOString(),
    }),
    [search.job, search.from, search.until, chosen],
  )
  const { runs, more, error, isLoading, retry } = useRuns(filter)

  function change(next: Record<string, string | undefined>) {
    void navigate({
      replace: true,
      search: (old) => Object.fromEntries(Object.entries({ ...old, ...next }).filter(([, value]) => value)),
    })
  }

  return (
    <div className="page">
      <PageHead title="Runs" />
      <div className="tools" role="search">
        <MultiSelect
          aria-label="States"
          placeholder={chosen.length === 0 ? 'Any state' : ''}
          data={states}
          value={chosen}
          onChange={(next) => change({ state: next.join(',') })}
          clearable
          clearButtonProps={{ 'aria-label': 'Any state' }}
          w={260}
          size="sm"
        />
        <JobFilter job={search.job} onChoose={(job) => change({ job })} />
        <TextInput
          type="datetime-local"
          aria-label="Due from"
          value={search.from ?? ''}
          onChange={(event) => change({ from: event.currentTarget.value })}
        />
        <TextInput
          type="datetime-local"
          aria-label="Due before"
          value={search.until ?? ''}
          onChange={(event) => change({ until: event.currentTarget.value })}
        />
        {Object.keys(search).length > 0 && (
          <Button variant="subtle" size="sm" onClick={() => void navigate({ search: {} })}>
            Clear
          </Button>
        )}
      </div>
      {error && <Failure error={error} retry={retry} />}
      {isLoading && <Loading />}
      {!isLoading && !error && (
        <div className="panel">
          <RunTable
            runs={runs}
            withJob
            more={more}
            empty={
              <Empty icon="runs" title="No runs">
                Each start of a job is a run, also one that was skipped or missed, with its reason.
              </Empty>
            }
          />
        </div>
      )}
    </div>
  )
}
