import 'uplot/dist/uPlot.min.css'
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import { showInstant, showTime, useZone } from './time'

export interface ChartSeries {
  label: string
  values: (number | null)[]
  color: string
  bars?: boolean
}

interface Props {
  /** Milliseconds. */
  times: number[]
  series: ChartSeries[]
  height: number
  /** What the chart says, for those who do not see it. */
  label: string
  show: (value: number) => string
  onPick?: (index: number) => void
}

function resolve(color: string, element: Element): string {
  const match = /^var\((.+)\)$/.exec(color)
  if (!match?.[1]) return color
  const probe = document.createElement('i')
  probe.style.color = color
  element.append(probe)
  const found = getComputedStyle(probe).color
  probe.remove()
  return found
}

/** Values over time on a canvas; loaded only where it is looked at. */
export default function Chart({ times, series, height, label, show, onPick }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const zone = useZone()
  const scheme = useComputedColorScheme()

  useEffect(() => {
    const element = place.current
    if (!element) return
    const quiet = resolve('var(--quiet)', element)
    const line = resolve('var(--line)', element)
    const axis = {
      stroke: quiet,
      grid: { stroke: line, width: 1 },
      ticks: { stroke: line, width: 1 },
      font: '11px system-ui',
    }
    const bars = UPlot.paths.bars?.({ size: [0.85, 40], align: 1 })
    const chart = new UPlot(
      {
        width: element.clientWidth,
        height,
        ms: 1,
        legend: { show: true, live: true },
        cursor: { y: false, points: { size: 6 } },
        scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
        axes: [
          { ...axis, values: (_, splits) => splits.map((at) => tick(at, zone, splits)), space: 70 },
          { ...axis, size: 66, values: (_, splits) => splits.map(show) },
        ],
        series: [
          { label: 'at', value: (_, at) => (at === null ? '' : showInstant(at, zone, Date.now())) },
          ...series.map((one) => {
            const color = resolve(one.color, element)
            return {
              label: one.label,
              stroke: color,
              fill: withAlpha(color, one.bars ? 0.75 : 0.12),
              width: one.bars ? 0 : 1.5,
              points: { show: !one.bars && times.length < 120, size: 5 },
              ...(one.bars && bars && { paths: bars }),
              value: (_: UPlot, value: number | null) => (value === null ? '–' : show(value)),
            }
          }),
        ],
      },
      [times, ...series.map((one) => one.values)] as UPlot.AlignedData,
      element,
    )
    const resize = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }))
    resize.observe(element)
    const pick = () => {
      if (chart.cursor.idx !== undefined && chart.cursor.idx !== null) onPick?.(chart.cursor.idx)
    }
    if (onPick) chart.over.addEventListener('click', pick)
    return () => {
      resize.disconnect()
      chart.destroy()
    }
  }, [times, series, height, show, zone, scheme, onPick])

  return <div ref={place} role="img" aria-label={label} className="chart" data-pick={onPick ? true : undefined} />
}

function withAlpha(color: string, alpha: number): string {
  return color.replace(/^rgb\((.+)\)$/, `rgba($1, ${alpha})`)
}

function tick(at: number, zone: string, splits: number[]): string {
  const span = (splits.at(-1) ?? at) - (splits[0] ?? at)
  return span < 600_000
    ? showTime(at, zone)
    : showInstant(at, zone, span > 172_800_000 ? 0 : at).slice(0, span > 172_800_000 ? 16 : 5)
}
