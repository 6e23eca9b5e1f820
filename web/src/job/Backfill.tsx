import { Group, NumberInput, Text, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/api'
import { Confirm } from '../common/Confirm'
import { told } from '../common/notify'
import { Failure } from '../common/parts'
import { showExactly, showInstant, useZone } from '../common/time'

const countMax = 1000
const shown = 5

/** The instant of a wall time as inputs of the browser give it, in the viewer's zone. */
function instant(local: string): string | undefined {
  const at = new Date(local)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

/** Runs what a range of time owes, and says first what that is. */
export function Backfill({ name, opened, onClose }: { name: string; opened: boolean; onClose: () => void }) {
  const [from, setFrom] = useState('')
  const [until, setUntil] = useState('')
  const [parallelism, setParallelism] = useState(1)
  const client = useQueryClient()
  const range = { from: instant(from), until: instant(until) }

  async function start() {
    if (!range.from || !range.until) throw new Error('Give the beginning and the end of the range.')
    await api.startBackfill(name, { from: range.from, until: range.until, parallelism })
    told('The backfill has begun; its runs show among those of the job.')
    await client.invalidateQueries({ queryKey: ['job', name] })
  }

  return (
    <Confirm
      opened={opened}
      title={`Backfill ${name}`}
      action="Start the backfill"
      onConfirm={start}
      onClose={onClose}
    >
      <Text size="sm">Runs the occurrences of a range of time, oldest first.</Text>
      <Group grow>
        <TextInput
          type="datetime-local"
          label="From"
          required
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          label="Until"
          description="not included"
          required
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
      </Group>
      <NumberInput
        label="At once"
        description="How many of its runs may be active"
        min={1}
        max={100}
        value={parallelism}
        onChange={(value) => setParallelism(Number(value) || 1)}
      />
      {opened && range.from && range.until && <DryRun name={name} from={range.from} until={range.until} />}
    </Confirm>
  )
}

function DryRun({ name, from, until }: { name: string; from: string; until: string }) {
  const zone = useZone()
  const start = new Date(Date.parse(from) - 1).toISOString() // occurrences after this: the first instant counts
  const { data, error } = useQuery({
    queryKey: ['backfill', name, from, until],
    queryFn: () => api.schedule(name, countMax, start),
    enabled: Date.parse(from) < Date.parse(until),
  })
  if (Date.parse(from) >= Date.parse(until))
    return (
      <Text c="red" size="sm">
        The range ends before it begins.
      </Text>
    )
  if (error) return <Failure error={error} />
  if (!data) return null
  const due = data.occurrences.filter((one) => Date.parse(one.at) < Date.parse(until))
  const isMore = due.length === countMax
  return (
    <div className="dry-run" role="status" aria-label="Dry run">
      <b>
        {isMore ? `More than ${countMax}` : due.length} {due.length === 1 ? 'occurrence' : 'occurrences'}
      </b>{' '}
      would run{due.length === 0 ? '.' : ':'}
      <ol>
        {due.slice(0, shown).map((one) => (
          <li key={one.at} title={showExactly(one.at, zone)}>
            {showInstant(Date.parse(one.at), zone, 0)}
          </li>
        ))}
      </ol>
      {due.length > shown && <span className="dim">and {isMore ? 'many' : due.length - shown} more</span>}
    </div>
  )
}
