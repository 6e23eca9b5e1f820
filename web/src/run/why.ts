import type { Run } from '../api/types'

/** Why a run ended as it did, as briefly as possible. */
export function why(run: Run): string {
  if (run.reason) return run.reason
  const last = run.attempts.at(-1)
  if (!last || last.outcome === 'succeeded') return ''
  if (last.message) return last.message
  if (last.signal !== undefined) return `ended by signal ${last.signal}`
  return last.exitCode === undefined ? '' : `exit code ${last.exitCode}`
}
