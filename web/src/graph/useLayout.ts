import { useEffect, useMemo, useRef, useState } from 'react'
import type { JobGraph } from '../api/types'
import type { LayoutAnswer, LayoutRequest } from './layout.worker'

/** Where each job of a graph is drawn; undefined until that is known. Only another shape is laid out anew. */
export function useLayout(graph: JobGraph | undefined): LayoutAnswer['places'] | undefined {
  const [places, setPlaces] = useState<LayoutAnswer['places']>()
  const worker = useRef<Worker>(undefined)
  const latest = useRef(0)
  const shape = useMemo(
    () =>
      graph && JSON.stringify([graph.nodes.map((node) => node.name), graph.edges.map(({ from, to }) => [from, to])]),
    [graph],
  )

  useEffect(() => {
    worker.current = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' })
    worker.current.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => {
      if (data.id === latest.current) setPlaces(data.places)
    }
    return () => worker.current?.terminate()
  }, [])

  useEffect(() => {
    if (!shape) return
    const [names, pairs] = JSON.parse(shape) as [string[], [string, string][]]
    const request: LayoutRequest = {
      id: ++latest.current,
      names,
      edges: pairs.map(([from, to]) => ({ from, to })),
    }
    worker.current?.postMessage(request)
  }, [shape])

  return places
}
