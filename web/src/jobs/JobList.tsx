import { Checkbox } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type MouseEvent, useCallback, useEffect, useRef } from 'react'
import type { JobFilter } from '../api/api'
import { Icon } from '../common/Icon'
import { Failure, Loading } from '../common/parts'
import { JobRow } from './JobRow'
import { useJobHead, useJobWindow } from './useJobWindow'
import './jobs.css'

const rowHeight = 46
const narrowHeight = 58
const narrow = '(max-width: 760px)'

interface Props {
  filter: JobFilter
  sort: string
  onSort: (sort: string) => void
  mayChoose: boolean
  chosen: ReadonlySet<string> | 'all'
  onChosen: (chosen: ReadonlySet<string> | 'all') => void
  onTotal: (total: number) => void
  empty: React.ReactNode
}

const columns: { key: string; label: string; sort?: string; className?: string }[] = [
  { key: 'name', label: 'Name', sort: 'name' },
  { key: 'schedule', label: 'Starts', className: 'jobs-schedule' },
  { key: 'state', label: 'State', sort: 'state', className: 'jobs-state' },
  { key: 'strip', label: 'Last runs', className: 'jobs-strip' },
  { key: 'last', label: 'Last', sort: 'lastRun', className: 'jobs-last' },
  { key: 'next', label: 'Next', sort: 'next', className: 'jobs-next' },
  { key: 'success', label: 'Successes', sort: 'success', className: 'jobs-count' },
  { key: 'errors', label: 'Errors', sort: 'errors', className: 'jobs-count' },
]

/** The list itself: as many rows as there are jobs, of which only those in view exist. */
export function JobList({ filter, sort, onSort, mayChoose, chosen, onChosen, onTotal, empty }: Props) {
  const navigate = useNavigate()
  const scroller = useRef<HTMLDivElement>(null)
  const head = useJobHead(filter, sort)
  const total = head.data?.total ?? 0
  const height = useMediaQuery(narrow, false, { getInitialValueInEffect: false }) ? narrowHeight : rowHeight
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    useFlushSync: false, // rows may come a frame later; the scrolling itself must not wait for them
  })
  useEffect(() => virtual.measure(), [virtual, height])
  const rows = virtual.getVirtualItems()
  const last = rows.at(-1)?.index ?? 0
  const jobs = useJobWindow(filter, sort, head.data, rows[0]?.index ?? 0, last)

  useEffect(() => onTotal(total), [onTotal, total])
  const filterKey = JSON.stringify([filter, sort])
  useEffect(() => void scroller.current?.scrollTo({ top: 0 }), [filterKey])

  const lastChosen = useRef<string>(undefined)
  const { at } = jobs
  const choose = useCallback(
    (name: string, isChosen: boolean, isRange: boolean) => {
      const next = new Set(chosen === 'all' ? [] : chosen)
      const shown = Array.from({ length: last + 1 }, (_, i) => at(i)?.name)
      const [a, b] = [shown.indexOf(lastChosen.current), shown.indexOf(name)]
      const names = isRange && a >= 0 && b >= 0 ? shown.slice(Math.min(a, b), Math.max(a, b) + 1) : [name]
      for (const one of names) {
        if (one === undefined) continue
        if (isChosen) next.add(one)
        else next.delete(one)
      }
      lastChosen.current = name
      onChosen(next)
    },
    [at, chosen, onChosen, last],
  )

  if (head.error && !head.data) return <Failure error={head.error} retry={() => void head.refetch()} />
  if (head.isPending) return <Loading />
  if (total === 0) return <div className="panel">{empty}</div>

  /** Links of rows are plain, because rows are many; a plain click goes there without loading the page anew. */
  function follow(event: MouseEvent<HTMLElement>) {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    void navigate({ href: link.getAttribute('href') ?? '/' })
  }

  const direction = sort.startsWith('-') ? 'descending' : 'ascending'
  return (
    <div className="panel jobs" role="table" aria-label="Jobs" aria-rowcount={total + 1}>
      <div role="row" aria-rowindex={1} className="jobs-row jobs-head">
        <span role="columnheader">
          {mayChoose && (
            <Checkbox
              size="xs"
              aria-label="Select all jobs that match"
              checked={chosen === 'all'}
              indeterminate={chosen !== 'all' && chosen.size > 0}
              onChange={(event) => onChosen(event.currentTarget.checked ? 'all' : new Set())}
            />
          )}
        </span>
        {columns.map((column) => {
          const isSorted = column.sort !== undefined && sort.replace('-', '') === column.sort
          return (
            <span
              key={column.key}
              role="columnheader"
              className={column.className}
              aria-sort={isSorted ? direction : undefined}
            >
              {column.sort ? (
                <button
                  type="button"
                  className="sorter"
                  onClick={() =>
                    onSort(isSorted && direction === 'ascending' ? `-${column.sort}` : (column.sort ?? ''))
                  }
                >
                  {column.label}
                  {isSorted && <Icon name={direction === 'ascending' ? 'up' : 'down'} size={12} />}
                </button>
              ) : (
                column.label
              )}
            </span>
          )
        })}
      </div>
      <div ref={scroller} className="jobs-scroll" role="rowgroup" tabIndex={0} aria-label="Rows" onClick={follow}>
        <div role="presentation" style={{ height: virtual.getTotalSize() }}>
          {rows.map((row) => {
            const job = jobs.at(row.index)
            return (
              <JobRow
                key={row.index}
                index={row.index}
                top={row.start}
                job={job}
                runs={job && jobs.strip(job.name)}
                isChosen={job !== undefined && (chosen === 'all' || chosen.has(job.name))}
                mayChoose={mayChoose}
                onChoose={choose}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}
