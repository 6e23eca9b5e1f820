import type { SchedulePreview } from '../api/types'
import { showExactly, showInstant, useNow, useZone } from '../common/time'

/** The next occurrences; those that daylight saving moved say from where. */
export function NextTimes({ preview }: { preview: SchedulePreview }) {
  const zone = useZone()
  const now = useNow()
  if (preview.occurrences.length === 0) return <span className="dim">No occurrence is left.</span>
  return (
    <ol className="next-list" aria-label="Next times">
      {preview.occurrences.map((one) => (
        <li
          key={one.at}
          title={`${showExactly(one.at, zone)}${one.local ? `\n${one.local} ${preview.timeZone}` : ''}`}
        >
          <span className="num">{showInstant(Date.parse(one.at), zone, now)}</span>
          {one.shiftedFrom && <span className="shift"> daylight saving: meant {one.shiftedFrom.slice(11, 16)}</span>}
        </li>
      ))}
    </ol>
  )
}
