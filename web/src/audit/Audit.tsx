import { Button, TextInput } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { api } from '../api/api'
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
        <TextInput
          key={job}
          aria-label="Job"
          placeholder="Only of the job"
          defaultValue={job ?? ''}
          onBlur={(event) => choose(event.currentTarget.value.trim())}
          onKeyDown={(event) => event.key === 'Enter' && choose(event.currentTarget.value.trim())}
        />
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
            <div className="scroll-x" tabIndex={0} role="region" aria-label="Changes">
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">When</th>
                    <th scope="col">Who</th>
                    <th scope="col">What</th>
                    <th scope="col">Job</th>
                    <th scope="col" className="only-wide">
                      From
                    </th>
                    <th scope="col" className="only-wide">
                      More
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((entry) => (
                    <tr key={entry.id}>
                      <td>
                        <Time at={entry.at} />
                      </td>
                      <td>{entry.by}</td>
                      <td>{words[entry.kind] ?? entry.kind}</td>
                      <td>
                        <Link to="/jobs/$name" params={{ name: entry.job }} search={{}}>
                          {entry.job}
                        </Link>
                      </td>
                      <td className="only-wide dim">{entry.address ?? 'inside the server'}</td>
                      <td className="only-wide grow cut dim" title={entry.detail}>
                        {entry.detail}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {found.hasNextPage && (
            <div className="empty">
              <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
                Show more
              </Button>
            </div>
          )}
        </div>
      )}
    </div>
  )
}
