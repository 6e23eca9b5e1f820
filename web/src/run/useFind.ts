import { useCallback, useEffect, useState } from 'react'
import { withoutSequences } from './ansi'
import type { LogBuffer } from './LogBuffer'

const linesAtOnce = 20_000

/** Lines that hold a text, found a part at a time, so that the page does not freeze in a large output. */
export function useFind(buffer: LogBuffer, version: number, text: string) {
  const [hits, setHits] = useState<number[]>([])
  const [current, setCurrent] = useState(0)

  useEffect(() => setCurrent(0), [text, buffer])

  useEffect(() => {
    const wanted = text.toLowerCase()
    if (wanted === '') {
      setHits([])
      return
    }
    const found: number[] = []
    let next = 0
    let timer: ReturnType<typeof setTimeout>
    const look = () => {
      const end = Math.min(buffer.lines.length, next + linesAtOnce)
      for (; next < end; next++)
        if (
          withoutSequences(buffer.lines[next] ?? '')
            .toLowerCase()
            .includes(wanted)
        )
          found.push(next)
      setHits([...found])
      if (next < buffer.lines.length) timer = setTimeout(look)
    }
    timer = setTimeout(look, 60)
    return () => clearTimeout(timer)
  }, [buffer, version, text])

  const step = useCallback(
    (by: number) => setCurrent((old) => (hits.length === 0 ? 0 : (old + by + hits.length) % hits.length)),
    [hits.length],
  )
  return { total: hits.length, current, line: hits[current], step }
}
