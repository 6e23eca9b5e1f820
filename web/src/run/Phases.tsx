import type { Attempt, Run, RunState } from '../api/types'
import { State } from '../common/Status'
import { showDuration, useNow } from '../common/time'

interface Phase {
  name: string
  from: number
  until: number
  state: RunState | 'wait'
  detail: string
}

function outcomeOf(attempt: Attempt): string {
  if (attempt.message) return attempt.message
  if (attempt.signal !== undefined) return `signal ${attempt.signal}`
  return attempt.exitCode === undefined ? attempt.outcome : `exit code ${attempt.exitCode}`
}

/** What a run did, one after the other: waited, ran, waited for the next attempt, and so on. */
export function phasesOf(run: Run, now: number): Phase[] {
  const due = Date.parse(run.nominal)
  const phases: Phase[] = []
  let at = Math.min(due, Date.parse(run.createdAt))
  if (run.cause.kind !== 'schedule' || Date.parse(run.createdAt) - due > 3_600_000) at = Date.parse(run.createdAt)
  const wait = (until: number, detail: string) => {
    if (until - at > 0) phases.push({ name: 'waited', from: at, until, state: 'wait', detail })
    at = until
  }
  for (const attempt of run.attempts) {
    const start = Date.parse(attempt.startedAt ?? attempt.endedAt)
    wait(start, attempt.number === 1 ? 'until it started' : 'before the next attempt')
    const end = Date.parse(attempt.endedAt)
    const name = `attempt ${attempt.number}`
    phases.push({ name, from: start, until: end, state: attempt.outcome, detail: outcomeOf(attempt) })
    at = end
  }
  const isRunning = run.attempt > run.attempts.length && run.startedAt !== undefined && run.endedAt === undefined
  if (isRunning) {
    const start = Date.parse(run.startedAt ?? '')
    wait(start, 'until it started')
    phases.push({ name: `attempt ${run.attempt}`, from: start, until: now, state: 'running', detail: 'runs' })
  } else if (run.endedAt === undefined) {
    wait(Math.max(now, at + 1), run.retryAt ? 'for the next attempt' : 'to start')
  }
  return phases
}

export function Phases({ run }: { run: Run }) {
  const now = useNow()
  const phases = phasesOf(run, now)
  const first = phases[0]?.from ?? 0
  const whole = Math.max(1, (phases.at(-1)?.until ?? 0) - first)
  if (phases.length === 0) return <State state={run.state} />
  return (
    <div className="phases">
      {phases.map((phase) => (
        <div key={`${phase.name} ${phase.from}`} className="phase">
          <span className="cut" title={phase.detail}>
            {phase.name}
          </span>
          <span className="phase-track" title={phase.detail}>
            <i
              className={phase.state === 'wait' ? 'wait' : `state-${phase.state}`}
              style={{
                left: `min(${((phase.from - first) / whole) * 100}%, 100% - 3px)`,
                width: `${((phase.until - phase.from) / whole) * 100}%`,
              }}
            />
          </span>
          <span className="num dim">{showDuration(phase.until - phase.from)}</span>
        </div>
      ))}
      {run.attempts.length > 1 && (
        <ul className="plain dim">
          {run.attempts.map((attempt) => (
            <li key={attempt.number}>
              Attempt {attempt.number}: {outcomeOf(attempt)}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
