import { useQuery } from '@tanstack/react-query'
import { api } from '../api/api'

const every = 5_000

/** The nodes, as the one that answers sees them. */
export function useCluster() {
  return useQuery({ queryKey: ['cluster'], queryFn: api.cluster, refetchInterval: every })
}

/** How the node that answers does. */
export function useHealth() {
  return useQuery({ queryKey: ['health'], queryFn: api.health, refetchInterval: every })
}

/** The engines of the leader. */
export function useEngines() {
  return useQuery({ queryKey: ['engines'], queryFn: api.engines, refetchInterval: every })
}

/** How all jobs do; of the leader, too. */
export function useOverview() {
  return useQuery({ queryKey: ['overview'], queryFn: api.overview, refetchInterval: every })
}
