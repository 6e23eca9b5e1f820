import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Run } from '../api/types'
import { State } from '../common/Status'
import { Time, Took } from '../common/time'

const causes: Record<Run['cause']['kind'], string> = {
  schedule: 'schedule',
  parents: 'after',
  manual: 'by hand, by',
  backfill: 'backfill',
  repeat: 'repeats',
}

export function Cause({ run }: { run: Run }) {
  const { kind, detail } = run.cause
  if (!detail) return <>{causes[kind]}</>
  if (kind === 'parents')
    return (
      <>
        after{' '}
        <Link to="/jobs/$name" params={{ name: detail }} search={{}}>
          {detail}
        </Link>
      </>
    )
  if (kind === 'repeat')
    return (
      <>
        repeats{' '}
        <Link to="/runs/$id" params={{ id: detail }} search={{}}>
          an earlier run
        </Link>
      </>
    )
  return (
    <>
      {causes[kind]} {detail}
    </>
  )
}

/** Why a run ended as it did, as briefly as possible. */
export function why(run: Run): string {
  if (run.reason) return run.reason
  const last = run.attempts.at(-1)
  if (!last || last.outcome === 'succeeded') return ''
  if (last.message) return last.message
  if (last.signal !== undefined) return `ended by signal ${last.signal}`
  return last.exitCode === undefined ? '' : `exit code ${last.exitCode}`
}

interface Props {
  runs: Run[]
  withJob: boolean
  more?: { has: boolean; isLoading: boolean; load: () => void }
  empty: ReactNode
}

/** Runs, newest first. */
export function RunTable({ runs, withJob, more, empty }: Props) {
  if (runs.length === 0) return empty
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label="Runs">
      <table className="table run-table">
        <thead>
          <tr>
            <th scope="col">State</th>
            {withJob && <th scope="col">Job</th>}
            <th scope="col">Due</th>
            <th scope="col" className="right">
              Took
            </th>
            <th scope="col" className="only-wide right">
              Attempts
            </th>
            <th scope="col" className="only-wide">
              Cause
            </th>
            <th scope="col" className="only-wide">
              Why
            </th>
            <th scope="col">
              <span className="visually-hidden">Open</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <td>
                <State state={run.state} />
              </td>
              {withJob && (
                <td className="cut run-job">
                  <Link to="/jobs/$name" params={{ name: run.job }} search={{}}>
                    {run.job}
                  </Link>
                </td>
              )}
              <td>
                <Time at={run.nominal} />
              </td>
              <td className="right">
                <Took from={run.startedAt} until={run.endedAt} />
              </td>
              <td className="only-wide right num">{run.attempt || '–'}</td>
              <td className="only-wide cut run-cause">
                <Cause run={run} />
              </td>
              <td className="only-wide cut grow dim" title={why(run)}>
                {why(run)}
              </td>
              <td className="right">
                <Link
                  to="/runs/$id"
                  params={{ id: run.id }}
                  search={{}}
                  aria-label={`Open run ${run.id} of ${run.job}`}
                >
                  Open
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {more?.has && (
        <div className="more">
          <Button variant="default" loading={more.isLoading} onClick={more.load}>
            Show more
          </Button>
        </div>
      )}
    </div>
  )
}
