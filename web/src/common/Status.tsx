import type { JobState, RunState } from '../api/types'

export type AnyState = RunState | JobState | 'none' | 'disabled'

/** Each state has a shape of its own, so that it is known without its colour. */
const shapes: Record<AnyState, string> = {
  succeeded: 'M3.5 8.5l3 3 6-7',
  failed: 'M4 4l8 8M12 4l-8 8',
  running: 'M5.5 3.5l7 4.5-7 4.5z',
  starting: 'M5.5 3.5l7 4.5-7 4.5z',
  queued: 'M8 4.2V8l2.6 1.8M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8z',
  killed: 'M4.2 4.2h7.6v7.6H4.2z',
  skipped: 'M3 4l5 4-5 4zM11.5 4v8',
  missed: 'M8 2.5l6 11H2zM8 7v3',
  lost: 'M5.6 6a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.2.9-1.2 1.8M8 12.6v.1',
  idle: 'M4 8h8',
  none: 'M4 8h8',
  disabled: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM3.8 12.2l8.4-8.4',
}

const words: Partial<Record<AnyState, string>> = { none: 'never ran' }

export function stateWord(state: AnyState): string {
  return words[state] ?? state
}

export function StateMark({ state, size = 14 }: { state: AnyState; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      className={`mark state-${state}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.9}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={shapes[state]} />
    </svg>
  )
}

/** A state as mark and word. */
export function State({ state, title }: { state: AnyState; title?: string | undefined }) {
  return (
    <span className={`state state-${state}`} title={title}>
      <StateMark state={state} />
      {stateWord(state)}
    </span>
  )
}
