import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Run } from '../api/types'
import { type Column, DataTable, type More } from '../common/DataTable'
import { State } from '../common/Status'
import { Time, Took } from '../common/time'
import { why } from './why'

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

interface Props {
  runs: Run[]
  withJob: boolean
  more?: More
  empty: ReactNode
}

const jobColumn: Column<Run> = {
  head: 'Job',
  className: 'cut run-job',
  cell: (run) => (
    <Link to="/jobs/$name" params={{ name: run.job }} search={{}}>
      {run.job}
    </Link>
  ),
}

const columns: Column<Run>[] = [
  { head: 'State', cell: (run) => <State state={run.state} /> },
  { head: 'Due', cell: (run) => <Time at={run.nominal} /> },
  { head: 'Took', className: 'right', cell: (run) => <Took from={run.startedAt} until={run.endedAt} /> },
  { head: 'Attempts', className: 'only-wide right num', cell: (run) => run.attempt || '–' },
  { head: 'Cause', className: 'only-wide cut run-cause', cell: (run) => <Cause run={run} /> },
  { head: 'Why', className: 'only-wide cut grow dim', cell: why, title: why },
  {
    head: 'Open',
    isQuiet: true,
    className: 'right',
    cell: (run) => (
      <Link to="/runs/$id" params={{ id: run.id }} search={{}} aria-label={`Open run ${run.id} of ${run.job}`}>
        Open
      </Link>
    ),
  },
]

/** Runs, newest first. */
export function RunTable({ runs, withJob, more, empty }: Props) {
  if (runs.length === 0) return empty
  const shown = withJob ? columns.toSpliced(1, 0, jobColumn) : columns
  return <DataTable label="Runs" rows={runs} keyOf={(run) => run.id} columns={shown} more={more} />
}
