import type { JobGraph } from '../api/types'

/** Names of all jobs before or after one. */
export function reachable(graph: JobGraph, start: string, direction: 'up' | 'down'): Set<string> {
  const next = new Map<string, string[]>()
  for (const { from, to } of graph.edges) {
    const [at, neighbour] = direction === 'down' ? [from, to] : [to, from]
    next.set(at, [...(next.get(at) ?? []), neighbour])
  }
  const found = new Set<string>()
  const waiting = [start]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    for (const neighbour of next.get(name) ?? []) {
      if (found.has(neighbour)) continue
      found.add(neighbour)
      waiting.push(neighbour)
    }
  }
  return found
}
