import { useQuery } from '@tanstack/react-query'
import { api } from '../api/api'

/** A job, kept up to date. */
export function useJob(name: string, enabled = true) {
  return useQuery({ queryKey: ['job', name], queryFn: () => api.job(name), enabled })
}
