import '@xyflow/react/dist/style.css'
import './graph.css'
import { Button, SegmentedControl, TextInput, useComputedColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import {
  Background,
  Controls,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  type Edge,
  type Node,
} from '@xyflow/react'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { api } from '../api/api'
import type { GraphNode, JobGraph } from '../api/types'
import { Icon } from '../common/Icon'
import { Empty, Failure, Loading, PageHead } from '../common/parts'
import { JobNode } from './JobNode'
import { nodeHeight, nodeWidth } from './layout.worker'
import { reachable } from './reachable'
import { useLayout } from './useLayout'
import { Waiting } from './Waiting'

const nodeTypes = { job: JobNode }
const nodesMax = 3_000

/** Jobs and what starts them. */
export function GraphPage() {
  return (
    <ReactFlowProvider>
      <GraphView />
    </ReactFlowProvider>
  )
}

function GraphView() {
  const { job, only = 'both' } = useSearch({ from: '/graph' })
  const navigate = useNavigate({ from: '/graph' })
  const scheme = useComputedColorScheme()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<string>()
  const flow = useReactFlow()
  const { data, error, refetch } = useQuery({ queryKey: ['graph', job ?? ''], queryFn: () => api.graph(job) })

  const graph = useMemo(() => (data && job ? around(data, job, only) : data), [data, job, only])
  const isTooLarge = (graph?.nodes.length ?? 0) > nodesMax
  const places = useLayout(isTooLarge ? undefined : graph)

  const nodes = useMemo<Node[]>(() => {
    if (!graph || !places) return []
    return graph.nodes
      .filter((node) => places[node.name])
      .map((node) => ({
        id: node.name,
        type: 'job',
        position: places[node.name] ?? { x: 0, y: 0 },
        width: nodeWidth,
        height: nodeHeight,
        data: {
          ...node,
          isHit: matches(node, text),
          isCentre: node.name === job,
          isDim: text !== '' && !matches(node, text),
        },
        draggable: false,
        connectable: false,
      }))
  }, [graph, places, text, job])
  const edges = useMemo<Edge[]>(
    () =>
      graph?.edges.map(({ from, to, finished }) => ({
        id: `${from}\n${to}`,
        source: from,
        target: to,
        className: finished ? 'edge-done' : undefined,
        focusable: false,
      })) ?? [],
    [graph],
  )

  useEffect(() => {
    if (places) requestAnimationFrame(() => void flow.fitView({ maxZoom: 1.1, padding: 0.15 }))
  }, [places, flow])

  const find = useCallback(() => {
    const hits = nodes.filter((node) => node.data.isHit === true)
    if (hits.length > 0) void flow.fitView({ nodes: hits.slice(0, 20), maxZoom: 1.2, duration: 300, padding: 0.4 })
  }, [flow, nodes])

  return (
    <div className="page full graph-page">
      <PageHead title="Graph" sub={graph && `${graph.nodes.length} jobs, ${graph.edges.length} dependencies`}>
        <TextInput
          type="search"
          aria-label="Find in the graph"
          placeholder="Find a job"
          leftSection={<Icon name="search" />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && find()}
        />
        {job && (
          <>
            <SegmentedControl
              size="xs"
              aria-label="Which part"
              value={only}
              onChange={(next) =>
                void navigate({
                  search: { job, ...(next !== 'both' && { only: next }) },
                  replace: true,
                })
              }
              data={[
                { value: 'up', label: 'Ancestors' },
                { value: 'both', label: 'Both' },
                { value: 'down', label: 'Descendants' },
              ]}
            />
            <Button variant="default" onClick={() => void navigate({ search: {} })}>
              Whole graph
            </Button>
          </>
        )}
      </PageHead>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {graph?.nodes.length === 0 && (
        <div className="panel">
          <Empty icon="graph" title="No job depends on another">
            Give a job parents instead of a schedule, and it starts when they have succeeded.
          </Empty>
        </div>
      )}
      {isTooLarge && (
        <div className="panel">
          <Empty icon="graph" title={`${graph?.nodes.length.toLocaleString('en')} jobs are too many for one picture`}>
            Open a job and choose Graph there, to see what comes before and after it.
          </Empty>
        </div>
      )}
      {!graph && !error && <Loading />}
      {graph && graph.nodes.length > 0 && !isTooLarge && (
        <div className="panel graph">
          {!places && <Loading />}
          <ReactFlow
            nodes={nodes}
            edges={edges}
            nodeTypes={nodeTypes}
            colorMode={scheme}
            onlyRenderVisibleElements
            nodesDraggable={false}
            nodesConnectable={false}
            edgesFocusable={false}
            minZoom={0.05}
            maxZoom={2}
            fitView
            onNodeClick={(_, node) => setChosen(node.id)}
            onPaneClick={() => setChosen(undefined)}
            proOptions={{ hideAttribution: true }}
            aria-label="Graph of jobs"
          >
            <Background gap={24} />
            <Controls showInteractive={false} />
            <MiniMap pannable zoomable nodeColor={miniColor} ariaLabel="Overview of the graph" />
          </ReactFlow>
          {chosen && (
            <aside className="graph-side panel" aria-label={`About ${chosen}`}>
              <Waiting name={chosen} graph={graph} />
              <div className="tags">
                <Button component={Link} to="/jobs/$name" params={{ name: chosen } as never}>
                  Open
                </Button>
                <Button variant="default" onClick={() => void navigate({ search: { job: chosen } })}>
                  Focus
                </Button>
                <Button variant="subtle" onClick={() => setChosen(undefined)}>
                  Close
                </Button>
              </div>
            </aside>
          )}
        </div>
      )}
    </div>
  )
}

function matches(node: GraphNode, text: string): boolean {
  return text !== '' && node.name.toLowerCase().includes(text.toLowerCase())
}

const miniColors: Record<string, string> = {
  running: '#1f6feb',
  failed: '#d1242f',
  lost: '#8250df',
  succeeded: '#2da44e',
}

function miniColor(node: Node): string {
  const { state, lastRun } = node.data as unknown as GraphNode
  return miniColors[state === 'running' ? state : (lastRun ?? '')] ?? '#8c959f'
}

/** A job with its ancestors, its descendants, or both. */
function around(graph: JobGraph, job: string, only: string): JobGraph {
  const found = new Set([job])
  if (only !== 'down') for (const name of reachable(graph, job, 'up')) found.add(name)
  if (only !== 'up') for (const name of reachable(graph, job, 'down')) found.add(name)
  return {
    nodes: graph.nodes.filter((node) => found.has(node.name)),
    edges: graph.edges.filter(({ from, to }) => found.has(from) && found.has(to)),
  }
}
