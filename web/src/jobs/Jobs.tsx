import { Button, Popover, Select, Stack, TagsInput, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Icon } from '../common/Icon'
import { Empty, PageHead } from '../common/parts'
import { useInfo, useMay } from '../common/role'
import { BulkBar } from './BulkBar'
import { JobList } from './JobList'
import { filterOf, isFiltered, type JobsSearch, labelsOf } from './search'

const typingPause = 60

/** All jobs. */
export function Jobs() {
  const search = useSearch({ from: '/jobs' })
  const navigate = useNavigate({ from: '/jobs' })
  const [total, setTotal] = useState<number>()
  const [chosen, setChosen] = useState<ReadonlySet<string> | 'all'>(new Set())
  const mayOperate = useMay('operator')
  const mayCreate = useMay('admin')
  const filter = useMemo(() => filterOf(search), [search])
  const sort = search.sort ?? 'name'

  const change = useCallback(
    (next: Partial<Record<keyof JobsSearch, string | undefined | null>>) => {
      setChosen(new Set())
      void navigate({
        replace: true,
        search: (old) => {
          const merged: Record<string, string | null | undefined> = { ...old, ...next }
          return Object.fromEntries(Object.entries(merged).filter(([, value]) => value)) as JobsSearch
        },
      })
    },
    [navigate],
  )

  return (
    <div className="page jobs-page">
      <PageHead
        title="Jobs"
        sub={total !== undefined && `${total.toLocaleString('en')} ${isFiltered(search) ? 'match' : 'in all'}`}
      >
        {mayCreate && (
          <Button component={Link} to="/new" leftSection={<Icon name="plus" />}>
            New job
          </Button>
        )}
      </PageHead>
      <div className="jobs-tools" role="search">
        <SearchBox text={search.q ?? ''} onText={(q) => change({ q })} />
        <Filters search={search} onChange={change} />
      </div>
      {(chosen === 'all' || chosen.size > 0) && (
        <BulkBar chosen={chosen} filter={filter} total={total ?? 0} onDone={() => setChosen(new Set())} />
      )}
      <JobList
        filter={filter}
        sort={sort}
        onSort={(next) => change({ sort: next === 'name' ? undefined : next })}
        mayChoose={mayOperate}
        chosen={chosen}
        onChosen={setChosen}
        onTotal={setTotal}
        empty={isFiltered(search) ? <NothingFound onClear={() => void navigate({ search: {} })} /> : <NoJobs />}
      />
    </div>
  )
}

function SearchBox({ text, onText }: { text: string; onText: (text: string) => void }) {
  const [typed, setTyped] = useState(text)
  const input = useRef<HTMLInputElement>(null)
  const tell = useDebouncedCallback(onText, typingPause)
  useEffect(() => {
    if (document.activeElement !== input.current) setTyped(text)
  }, [text])
  return (
    <TextInput
      ref={input}
      className="search"
      type="search"
      aria-label="Search jobs"
      placeholder="Name, command or description"
      leftSection={<Icon name="search" />}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        tell(event.currentTarget.value.trim())
      }}
    />
  )
}

const states = ['running', 'queued', 'idle']
const results = ['succeeded', 'failed', 'killed', 'skipped', 'missed', 'lost', 'none']
const kinds = [
  { value: 'schedule', label: 'by schedule' },
  { value: 'parents', label: 'by parents' },
  { value: 'manual', label: 'by hand' },
]

function Filters(props: {
  search: JobsSearch
  onChange: (next: Partial<Record<keyof JobsSearch, string | undefined | null>>) => void
}) {
  const { search, onChange } = props
  const { data: info } = useInfo()
  const extras = [search.label, search.owner, search.kind, search.engine, search.parent].filter(Boolean).length
  return (
    <>
      <Select
        w={130}
        aria-label="State"
        placeholder="Any state"
        data={[...states, { value: 'disabled', label: 'disabled' }]}
        clearable
        clearButtonProps={{ 'aria-label': 'Any state' }}
        value={search.disabled === 'true' ? 'disabled' : (search.state ?? null)}
        onChange={(value) =>
          onChange(value === 'disabled' ? { disabled: 'true', state: null } : { disabled: null, state: value })
        }
      />
      <Select
        w={150}
        aria-label="Last result"
        placeholder="Any last result"
        data={results.map((value) => ({ value, label: value === 'none' ? 'never ran' : value }))}
        clearable
        clearButtonProps={{ 'aria-label': 'Any last result' }}
        value={search.last ?? null}
        onChange={(last) => onChange({ last })}
      />
      <Popover position="bottom-end" width={300} trapFocus>
        <Popover.Target>
          <Button variant="default" size="sm" leftSection={<Icon name="filter" />}>
            {extras > 0 ? `Filters (${extras})` : 'Filters'}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="sm">
            <TagsInput
              label="Labels"
              description="key or key=value; all must hold"
              value={labelsOf(search)}
              onChange={(labels) => onChange({ label: labels.join(',') })}
              comboboxProps={{ withinPortal: false }}
            />
            <TextInput
              label="Owner"
              defaultValue={search.owner ?? ''}
              onBlur={(event) => onChange({ owner: event.currentTarget.value.trim() })}
              onKeyDown={(event) => event.key === 'Enter' && onChange({ owner: event.currentTarget.value.trim() })}
            />
            <Select
              label="Starts"
              data={kinds}
              clearable
              clearButtonProps={{ 'aria-label': 'Any start' }}
              value={search.kind ?? null}
              onChange={(kind) => onChange({ kind })}
              comboboxProps={{ withinPortal: false }}
            />
            <Select
              label="Engine"
              data={info?.engines.map((engine) => engine.name) ?? []}
              clearable
              clearButtonProps={{ 'aria-label': 'Any engine' }}
              value={search.engine ?? null}
              onChange={(engine) => onChange({ engine })}
              comboboxProps={{ withinPortal: false }}
            />
            <TextInput
              label="Parent"
              defaultValue={search.parent ?? ''}
              onBlur={(event) => onChange({ parent: event.currentTarget.value.trim() })}
            />
          </Stack>
        </Popover.Dropdown>
      </Popover>
      {isFiltered(search) && (
        <Button variant="subtle" size="sm" onClick={() => onChange(cleared)}>
          Clear
        </Button>
      )}
    </>
  )
}

const cleared: Partial<Record<keyof JobsSearch, null>> = {
  q: null,
  state: null,
  last: null,
  label: null,
  owner: null,
  disabled: null,
  kind: null,
  engine: null,
  parent: null,
}

function NothingFound({ onClear }: { onClear: () => void }) {
  return (
    <Empty icon="search" title="No job matches">
      <span>Search looks into names, commands and descriptions, whatever the case.</span>
      <Button variant="default" onClick={onClear}>
        Show all jobs
      </Button>
    </Empty>
  )
}

function NoJobs() {
  const mayCreate = useMay('admin')
  return (
    <Empty icon="clock" title="No jobs yet">
      <span>
        A job is a command with a time to run at, or with other jobs to run after. Make one here, or send a whole
        crontab with <code>chronos import crontab</code>.
      </span>
      {mayCreate && (
        <Button component={Link} to="/new" leftSection={<Icon name="plus" />}>
          Make the first job
        </Button>
      )}
    </Empty>
  )
}
