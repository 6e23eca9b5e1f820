import { useCallback, useEffect, useRef, useState } from 'react'
import { api, type LogStream } from '../api/api'
import { ApiError, path, query } from '../api/client'
import { readEvents } from '../api/sse'
import { LogBuffer } from './LogBuffer'

const chunkBytes = 1 << 20
/** Outputs up to this size are loaded whole; of larger ones the end, and more on demand. */
const wholeBytes = 8 << 20
const showEvery = 100
const retryAfter = 2_000

export interface LogView {
  buffer: LogBuffer
  /** Grows whenever the buffer does. */
  version: number
  /** The first byte that is loaded. */
  start: number
  size: number
  state: 'loading' | 'following' | 'complete' | 'interrupted'
  error: unknown
  /** Loads from another first byte on. */
  loadFrom: (offset: number) => void
}

/** Output of an attempt: first what there is, then what comes. */
export function useLog(run: string, stream: LogStream, attempt: number): LogView {
  const [from, setFrom] = useState<number>()
  const [view, setView] = useState<Omit<LogView, 'loadFrom'>>(() => fresh())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  useEffect(() => setFrom(undefined), [run, stream, attempt])

  useEffect(() => {
    const abort = new AbortController()
    const current = { ...fresh() }
    const show = (now: boolean) => {
      const tell = () => {
        timer.current = undefined
        setView({ ...current, version: ++current.version })
      }
      if (now) {
        clearTimeout(timer.current)
        tell()
      } else timer.current ??= setTimeout(tell, showEvery)
    }
    show(true)
    read(run, stream, attempt, from, current, show, abort.signal).catch((error: unknown) => {
      if (abort.signal.aborted) return
      current.error = error
      current.state = 'interrupted'
      show(true)
    })
    return () => {
      abort.abort()
      clearTimeout(timer.current)
      timer.current = undefined
    }
  }, [run, stream, attempt, from])

  const loadFrom = useCallback((offset: number) => setFrom(Math.max(0, offset)), [])
  return { ...view, loadFrom }
}

function fresh(): Omit<LogView, 'loadFrom'> {
  return { buffer: new LogBuffer(), version: 0, start: 0, size: 0, state: 'loading', error: undefined }
}

async function read(
  run: string,
  stream: LogStream,
  attempt: number,
  from: number | undefined,
  view: Omit<LogView, 'loadFrom'>,
  show: (now: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  let offset = from
  if (offset === undefined) {
    const { size } = await api.log(run, stream, { attempt, offset: 0, limit: 1 }, { signal })
    offset = size > wholeBytes ? size - chunkBytes : 0
  }
  view.start = offset
  const decoder = new TextDecoder()
  let isFirst = offset > 0
  for (;;) {
    const part = await api.log(run, stream, { attempt, offset, limit: chunkBytes }, { signal })
    if (part.dropped) view.buffer.drop(part.dropped.until - part.dropped.from)
    let text = decoder.decode(part.bytes, { stream: true })
    if (isFirst) text = text.slice(text.indexOf('\n') + 1) // the rest of a line that began before
    isFirst = false
    view.buffer.append(text)
    view.size = part.size
    offset = part.next
    show(false)
    if (part.next < part.size) continue
    view.state = part.complete ? 'complete' : 'following'
    show(true)
    if (part.complete) return
    break
  }
  await follow(run, stream, attempt, offset, view, show, signal)
}

async function follow(
  run: string,
  stream: LogStream,
  attempt: number,
  offset: number,
  view: Omit<LogView, 'loadFrom'>,
  show: (now: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  let next = offset
  let isOver = false
  while (!signal.aborted && !isOver) {
    const url = path`/v1/runs/${run}/logs/${stream}` + query({ attempt, offset: next, follow: true })
    try {
      await readEvents(
        url,
        undefined,
        signal,
        ({ event, data }) => {
          if (event === 'end') {
            view.size = (JSON.parse(data) as { size: number }).size
            view.state = 'complete'
            isOver = true
            return show(true)
          }
          const part = JSON.parse(data) as { next: number; text: string; dropped?: number }
          if (part.dropped) view.buffer.drop(part.dropped)
          view.buffer.append(part.text, Date.now())
          next = part.next
          view.size = Math.max(view.size, next)
          show(false)
        },
        () => {
          if (view.state === 'interrupted') view.state = 'following'
        },
      )
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof ApiError && error.status !== 0) throw error
      view.state = 'interrupted'
      show(true)
    }
    if (!isOver) await new Promise((resolve) => setTimeout(resolve, retryAfter))
  }
}
