import { createContext, useContext, useSyncExternalStore } from 'react'

/** In which zone times are shown: the viewer's, UTC, or that of the job where there is one. */
export type ZoneChoice = 'local' | 'UTC' | 'job'

export const viewerZone = Intl.DateTimeFormat().resolvedOptions().timeZone
const zoneKey = 'chronos-zone'
const zoneListeners = new Set<() => void>()

export const zoneChoice = {
  get: (): ZoneChoice => (localStorage.getItem(zoneKey) as ZoneChoice | null) ?? 'local',
  set(choice: ZoneChoice): void {
    localStorage.setItem(zoneKey, choice)
    for (const listener of zoneListeners) listener()
  },
  subscribe(listener: () => void): () => void {
    zoneListeners.add(listener)
    return () => zoneListeners.delete(listener)
  },
}

export function useZoneChoice(): ZoneChoice {
  return useSyncExternalStore(zoneChoice.subscribe, zoneChoice.get)
}

/** The zone of the job that a part of a page is about. */
export const JobZone = createContext<string | undefined>(undefined)

export function useZone(): string {
  const choice = useZoneChoice()
  const job = useContext(JobZone)
  if (choice === 'UTC') return 'UTC'
  return choice === 'job' && job ? job : viewerZone
}

const formats = new Map<string, Intl.DateTimeFormat>()

function format(zone: string, kind: 'time' | 'day' | 'full' | 'minute'): Intl.DateTimeFormat {
  const key = `${zone} ${kind}`
  const known = formats.get(key)
  if (known) return known
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
  const day = { day: 'numeric', month: 'short' } as const
  const options: Record<typeof kind, Intl.DateTimeFormatOptions> = {
    time,
    minute: { hour: '2-digit', minute: '2-digit' },
    day: { ...day, hour: '2-digit', minute: '2-digit' },
    full: { ...day, ...time, weekday: 'short', year: 'numeric', timeZoneName: 'short' },
  }
  const made = new Intl.DateTimeFormat('en-GB', { ...options[kind], timeZone: zone, hourCycle: 'h23' })
  formats.set(key, made)
  return made
}

const dayMs = 86_400_000

function dayIn(zone: string, at: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(at)
}

export function showTime(at: number, zone: string): string {
  return format(zone, 'time').format(at)
}

export function showMinute(at: number, zone: string): string {
  return format(zone, 'minute').format(at)
}

/** Short: the time today, else the day with hour and minute, and the year where it is another. */
export function showInstant(at: number, zone: string, now: number): string {
  if (Math.abs(at - now) < dayMs && dayIn(zone, at) === dayIn(zone, now)) return showTime(at, zone)
  const year = new Date(at).getUTCFullYear()
  const text = format(zone, 'day').format(at).replace(',', '')
  return year === new Date(now).getUTCFullYear() ? text : text.replace(/(\d+ \S+)/, `$1 ${year}`)
}

/** Everything about an instant, for those who hover. */
export function showExactly(iso: string, zone: string): string {
  const at = Date.parse(iso)
  return `${format(zone, 'full').format(at)} (${zone})\n${new Date(at).toISOString()}`
}

export function showDuration(ms: number): string {
  if (ms < 0) return `-${showDuration(-ms)}`
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
  const parts: [number, string][] = [
    [Math.floor(ms / dayMs), 'd'],
    [Math.floor(ms / 3_600_000) % 24, 'h'],
    [Math.floor(ms / 60_000) % 60, 'min'],
    [Math.floor(ms / 1000) % 60, 's'],
  ]
  const first = parts.findIndex(([count]) => count > 0)
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

/** A clock that ticks each second, one for all who look. */
const ticking = new Set<() => void>()
let ticker: ReturnType<typeof setInterval> | undefined
let ticked = Date.now()
/** How far the server's clock is ahead of this machine's. */
let skew = 0

export function setServerTime(iso: string): void {
  const ahead = Date.parse(iso) - Date.now()
  skew = Math.abs(ahead) > 2_000 ? ahead : 0
}

export function serverNow(): number {
  return Date.now() + skew
}

function subscribeTick(listener: () => void): () => void {
  ticking.add(listener)
  ticker ??= setInterval(() => {
    ticked = serverNow()
    for (const one of ticking) one()
  }, 1000)
  return () => {
    ticking.delete(listener)
    if (ticking.size > 0) return
    clearInterval(ticker)
    ticker = undefined
  }
}

export function useNow(): number {
  return useSyncExternalStore(subscribeTick, () => ticked)
}

/** An instant: short on the page, exact on hover. */
export function Time({ at, dash = '–' }: { at: string | undefined; dash?: string }) {
  const zone = useZone()
  if (!at) return <span className="dim">{dash}</span>
  return (
    <time dateTime={at} title={showExactly(at, zone)} className="num">
      {showInstant(Date.parse(at), zone, ticked)}
    </time>
  )
}

/** How long ago or ahead an instant is; it never stands still. What is `due` and has not come yet is due now. */
export function Relative({ at, due }: { at: string | undefined; due?: boolean }) {
  const now = useNow()
  const zone = useZone()
  if (!at) return <span className="dim">–</span>
  const distance = Date.parse(at) - now
  const seconds = Math.round(Math.abs(distance) / 1000)
  const text = seconds < 1 ? 'now' : seconds < 60 ? `${seconds} s` : showDuration(seconds * 1000)
  return (
    <time dateTime={at} title={showExactly(at, zone)} className="num">
      {text === 'now' || (due && distance < 0) ? 'now' : distance > 0 ? `in ${text}` : `${text} ago`}
    </time>
  )
}

/** How long something took, or takes so far. */
export function Took({ from, until }: { from: string | undefined; until: string | undefined }) {
  const now = useNow()
  if (!from) return <span className="dim">–</span>
  const ms = (until ? Date.parse(until) : now) - Date.parse(from)
  return <span className="num">{showDuration(Math.max(0, ms))}</span>
}
