import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api } from '../api/api'
import type { RunState } from '../api/types'
import { Empty, Failure, Loading } from '../common/parts'
import { StateMark } from '../common/Status'
import { Time } from '../common/time'

const pageSize = 50
const runStates: ReadonlySet<string> = new Set([
  'queued',
  'starting',
  'running',
  'succeeded',
  'failed',
  'killed',
  'skipped',
  'missed',
  'lost',
])

/** Sentences begin with the instant, which the column beside them shows already. */
function told(sentence: string): string {
  const text = sentence.replace(/^\S+Z\s+/, '')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** What was decided about a job and why: the answer to “why did it not run?”. */
export function Decisions({ name }: { name: string }) {
  const found = useInfiniteQuery({
    queryKey: ['job', name, 'decisions'],
    queryFn: ({ pageParam }) => api.decisions(name, pageSize, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  })
  if (found.error) return <Failure error={found.error} retry={() => void found.refetch()} />
  if (!found.data) return <Loading />
  const items = found.data.pages.flatMap((page) => page.items)
  if (items.length === 0)
    return (
      <Empty icon="history" title="Nothing was decided yet">
        Each start, skip and change shows here with its reason.
      </Empty>
    )
  return (
    <div className="panel">
      <ul className="rows decisions">
        {items.map((item, i) => (
          <li key={`${item.at} ${item.run ?? ''} ${i}`}>
            <StateMark state={runStates.has(item.kind) ? (item.kind as RunState) : 'idle'} />
            <span className="decision-time">
              <Time at={item.at} />
            </span>
            <span className="decision">{told(item.sentence)}</span>
            {item.run && (
              <span className="end">
                <Link to="/runs/$id" params={{ id: item.run }} search={{}}>
                  Run
                </Link>
              </span>
            )}
          </li>
        ))}
      </ul>
      {found.hasNextPage && (
        <div className="more">
          <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </div>
  )
}
