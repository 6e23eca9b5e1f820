import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, type RunFilter } from '../api/api'
import type { Run } from '../api/types'

const pageSize = 50

/** Runs page by page. */
export function useRuns(filter: RunFilter) {
  const found = useInfiniteQuery({
    queryKey: ['runs', 'list', filter],
    queryFn: ({ pageParam }) => api.runs(filter, pageSize, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  })
  // A run that ended between two pages is on both.
  const runs = useMemo(() => {
    const unique = new Map<string, Run>()
    for (const page of found.data?.pages ?? []) for (const run of page.items) unique.set(run.id, run)
    return [...unique.values()]
  }, [found.data])
  const more = {
    has: found.hasNextPage,
    isLoading: found.isFetchingNextPage,
    load: () => void found.fetchNextPage(),
  }
  return { runs, more, error: found.error, isLoading: found.isPending, retry: () => void found.refetch() }
}
