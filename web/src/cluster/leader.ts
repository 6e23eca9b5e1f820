import type { Cluster } from '../api/types'

/** Who leads, in a sentence. */
export function leaderWords(cluster: Cluster): string {
  const leader = cluster.members.find((member) => member.isLeader)
  if (cluster.state === 'leading') return `This node leads, in term ${cluster.term}`
  if (leader) return `${leader.address} leads, in term ${cluster.term}`
  return 'No node leads now; one is being elected'
}
