import { useQuery } from '@tanstack/react-query'
import { api } from '../api/api'
import type { Role } from '../api/types'

const ranks: Record<Role, number> = { viewer: 1, operator: 2, admin: 3 }

export function useInfo() {
  return useQuery({ queryKey: ['info'], queryFn: ({ signal }) => api.info({ signal }), staleTime: 60_000 })
}

/** Whether the viewer may do what needs this role; the server decides, this only hides what it would refuse. */
export function useMay(needed: Role): boolean {
  const { data } = useInfo()
  return data !== undefined && ranks[data.caller.role] >= ranks[needed]
}
