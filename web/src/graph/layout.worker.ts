import dagre from '@dagrejs/dagre'

/** Lays a graph out in ranks, beside the page, so that it does not freeze meanwhile. */
export interface LayoutRequest {
  id: number
  names: string[]
  edges: { from: string; to: string }[]
}

export interface LayoutAnswer {
  id: number
  places: Record<string, { x: number; y: number }>
}

export const nodeWidth = 190
export const nodeHeight = 46
const perColumn = 12

self.onmessage = ({ data }: MessageEvent<LayoutRequest>) => {
  const graph = new dagre.graphlib.Graph()
  graph.setGraph({
    rankdir: 'LR',
    nodesep: 16,
    ranksep: 60,
    ranker: data.names.length > 400 ? 'longest-path' : 'network-simplex',
  })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const name of data.names) graph.setNode(name, { width: nodeWidth, height: nodeHeight })
  for (const { from, to } of data.edges) graph.setEdge(from, to)
  dagre.layout(graph)
  const places: LayoutAnswer['places'] = {}
  data.names.forEach((name, i) => {
    const node = graph.node(name)
    places[name] = node
      ? { x: node.x - nodeWidth / 2, y: node.y - nodeHeight / 2 }
      : { x: Math.floor(i / perColumn) * nodeWidth, y: (i % perColumn) * nodeHeight }
  })
  self.postMessage({ id: data.id, places } satisfies LayoutAnswer)
}
