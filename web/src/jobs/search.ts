import type { JobFilter } from '../api/api'

/** What the address of the list says: filters and order. */
export interface JobsSearch {
  q?: string
  state?: string
  last?: string
  label?: string
  owner?: string
  disabled?: string
  kind?: string
  engine?: string
  parent?: string
  sort?: string
}

const fields = ['q', 'state', 'last', 'label', 'owner', 'disabled', 'kind', 'engine', 'parent', 'sort'] as const

export function readJobsSearch(search: Record<string, unknown>): JobsSearch {
  const read: JobsSearch = {}
  for (const field of fields) {
    const value = search[field]
    if (value !== undefined && value !== '') read[field] = String(value)
  }
  return read
}

export function labelsOf(search: JobsSearch): string[] {
  return (search.label ?? '').split(',').filter((label) => label !== '')
}

export function filterOf(search: JobsSearch): JobFilter {
  const labels = labelsOf(search)
  return {
    q: search.q,
    state: search.state,
    lastRun: search.last,
    label: labels.length > 0 ? labels : undefined,
    owner: search.owner,
    disabled: search.disabled === undefined ? undefined : search.disabled === 'true',
    kind: search.kind,
    engine: search.engine,
    parent: search.parent,
  }
}

export function isFiltered(search: JobsSearch): boolean {
  return Object.keys(search).some((key) => key !== 'sort')
}
