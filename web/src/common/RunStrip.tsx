import type { LastRun } from '../api/types'
import { stateWord } from './Status'
import { showDuration } from './time'

const shown = 12
const width = 6
const height = 22
const least = 4

function durationOf(run: LastRun): number {
  return run.startedAt ? Math.max(0, Date.parse(run.endedAt) - Date.parse(run.startedAt)) : 0
}

/** The last runs as bars, newest at the right: colour is the result, height how long it took. A failure reaches below
 *  the line, so that it is seen without its colour. */
export function RunStrip({ runs, link }: { runs: LastRun[] | undefined; link?: boolean }) {
  if (!runs) return <span className="strip" aria-hidden="true" />
  const ordered = runs.slice(0, shown).reverse()
  const longest = Math.max(1, ...ordered.map(durationOf))
  const failures = ordered.filter((run) => run.state === 'failed' || run.state === 'lost').length
  const label =
    ordered.length === 0 ? 'No runs yet' : `Last ${ordered.length} runs, ${failures === 0 ? 'none' : failures} failed`
  const bars = (
    <svg className="strip" width={shown * width} height={height + 4} role="img" aria-label={label}>
      <line x1="0" x2={shown * width} y1={height + 0.5} y2={height + 0.5} className="strip-line" />
      {ordered.map((run, i) => {
        const size = least + Math.sqrt(durationOf(run) / longest) * (height - least)
        const isBad = run.state === 'failed' || run.state === 'lost'
        return (
          <rect
            key={run.id}
            className={`state-${run.state}`}
            x={(shown - ordered.length + i) * width + 1}
            y={height - size}
            width={width - 2}
            height={size + (isBad ? 4 : 0)}
            rx={1}
          >
            <title>{`${stateWord(run.state)}, took ${showDuration(durationOf(run))}, due ${run.nominal}`}</title>
          </rect>
        )
      })}
    </svg>
  )
  const latest = runs[0]
  if (!link || !latest) return bars
  return (
    <a href={`/runs/${latest.id}`} tabIndex={-1}>
      {bars}
    </a>
  )
}
