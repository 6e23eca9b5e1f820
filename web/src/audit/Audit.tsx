import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { api } from '../api/api'
import type { AuditEntry } from '../api/types'
import { type Column, DataTable } from '../common/DataTable'
import { JobFilter } from '../common/JobFilter'
import { Empty, Failure, Loading, PageHead } from '../common/parts'
import { Time } from '../common/time'

const pageSize = 100
const words: Record<string, string> = {
  created: 'created',
  updated: 'changed',
  deleted: 'deleted',
  enabled: 'enabled',
  disabled: 'disabled',
  runStarted: 'started by hand',
  killRequested: 'asked to kill',
  markedSuccess: 'marked as succeeded',
  backfillStarted: 'backfill started',
  backfillEnded: 'backfill ended',
}

const columns: Column<AuditEntry>[] = [
  { head: 'When', cell: (entry) => <Time at={entry.at} /> },
  { head: 'Who', cell: (entry) => entry.by },
  { head: 'What', cell: (entry) => words[entry.kind] ?? entry.kind },
  {
    head: 'Job',
    cell: (entry) => (
      <Link to="/jobs/$name" params={{ name: entry.job }} search={{}}>
        {entry.job}
      </Link>
    ),
  },
  { head: 'From', className: 'only-wide dim', cell: (entry) => entry.address ?? 'inside the server' },
  {
    head: 'More',
    className: 'only-wide grow cut dim',
    cell: (entry) => entry.detail,
    title: (entry) => entry.detail,
  },
]

/** Who changed what, and from where. */
export function Audit() {
  const { job } = useSearch({ from: '/audit' })
  const navigate = useNavigate({ from: '/audit' })
  const found = useInfiniteQuery({
    queryKey: ['audit', job ?? ''],
    queryFn: ({ pageParam }) => api.audit(job, pageSize, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  })
  const items = found.data?.pages.flatMap((page) => page.items) ?? []
  const choose = (name: string) => void navigate({ search: name ? { job: name } : {}, replace: true })
  return (
    <div className="page">
      <PageHead title="Audit log" sub="Who changed what, and from where">
        <JobFilter job={job} onChoose={choose} />
      </PageHead>
      {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {found.data && (
        <div className="panel">
          {items.length === 0 ? (
            <Empty icon="audit" title="Nothing was changed">
              Each change of a job, and each start and kill by hand, shows here with its author.
            </Empty>
          ) : (
            <DataTable
              label="Changes"
              rows={items}
              keyOf={(entry) => entry.id}
              columns={columns}
              more={{
                has: found.hasNextPage,
                isLoading: found.isFetchingNextPage,
                load: () => void found.fetchNextPage(),
              }}
            />
          )}
        </div>
      )}
    </div>
  )
}
