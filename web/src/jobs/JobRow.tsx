import { memo } from 'react'
import type { JobSummary, LastRun } from '../api/types'
import { RunStrip } from '../common/RunStrip'
import { State } from '../common/Status'
import { JobZone, Relative, Time } from '../common/time'

interface Props {
  job: JobSummary | undefined
  runs: LastRun[] | undefined
  top: number
  index: number
  isChosen: boolean
  mayChoose: boolean
  onChoose: (name: string, isChosen: boolean, isRange: boolean) => void
}

export function startOf(job: JobSummary): string {
  if (job.schedule) return job.schedule
  return job.parents.length > 0 ? `after ${job.parents.join(', ')}` : 'by hand'
}

/** One job of the list. */
export const JobRow = memo(function JobRow({ job, runs, top, index, isChosen, mayChoose, onChoose }: Props) {
  const style = { transform: `translateY(${top}px)` }
  if (!job)
    return (
      <div role="row" aria-rowindex={index + 2} className="jobs-row is-loading" style={style}>
        <span role="cell" />
        <span role="cell" className="bone" />
      </div>
    )

  return (
    <div role="row" aria-rowindex={index + 2} className="jobs-row" style={style} data-chosen={isChosen || undefined}>
      <span role="cell">
        {mayChoose && (
          <input
            type="checkbox"
            aria-label={`Select ${job.name}`}
            checked={isChosen}
            onChange={() => undefined}
            onClick={(event) => onChoose(job.name, !isChosen, event.shiftKey)}
          />
        )}
      </span>
      <span role="cell" className="jobs-name">
        <a href={`/jobs/${encodeURIComponent(job.name)}`} className="cut">
          {job.name}
        </a>
        <span className="cut dim">{job.description || job.command}</span>
      </span>
      <span role="cell" className="cut jobs-schedule" title={startOf(job)}>
        <code>{startOf(job)}</code>
      </span>
      <span role="cell" className="jobs-state">
        {job.disabled ? (
          <State state="disabled" title={job.disabledReason} />
        ) : (
          <State state={job.state === 'idle' ? (job.lastRun?.state ?? 'none') : job.state} />
        )}
      </span>
      <span role="cell" className="jobs-strip">
        <RunStrip runs={runs} link />
      </span>
      <JobZone value={job.scheduleTimeZone}>
        <span role="cell" className="jobs-last">
          <Time at={job.lastRun?.endedAt} />
        </span>
        <span role="cell" className="jobs-next">
          {job.disabled ? <span className="dim">–</span> : <Relative at={job.next} due />}
        </span>
      </JobZone>
      <span role="cell" className="jobs-count num">
        {job.counters.successCount.toLocaleString('en')}
      </span>
      <span role="cell" className="jobs-count num" data-bad={job.counters.errorsSinceLastSuccess > 0 || undefined}>
        {job.counters.errorCount.toLocaleString('en')}
      </span>
    </div>
  )
})
