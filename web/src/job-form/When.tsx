import { MultiSelect, Select, SegmentedControl } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/api'
import { viewerZone } from '../common/time'
import { textOf, textsOf } from '../job/definition'
import { NextTimes } from '../job/NextTimes'
import { ChoiceField, TextField } from './fields'
import { useError, useForm } from './form'

type Kind = 'schedule' | 'parents' | 'manual'
const scheduleFields = [
  'schedule',
  'scheduleTimeZone',
  'epsilon',
  'gap',
  'overlap',
  'missed',
  'jitter',
  'calendars',
  'startAfter',
  'endBefore',
]

/** What starts the job: the clock, other jobs, or somebody. */
export function When() {
  const { definition, set } = useForm()
  const guessed: Kind = definition.schedule
    ? 'schedule'
    : textsOf(definition, 'parents').length > 0
      ? 'parents'
      : 'manual'
  const [kind, setKind] = useState<Kind>(guessed)

  function choose(next: Kind) {
    setKind(next)
    if (next !== 'schedule') for (const field of scheduleFields) set(field, undefined)
    if (next !== 'parents') {
      set('parents', undefined)
      set('trigger', undefined)
    }
    if (next === 'schedule' && !definition.schedule) set('schedule', '0 6 * * *')
  }

  return (
    <>
      <SegmentedControl
        className="tight"
        aria-label="What starts it"
        value={kind}
        onChange={(value) => choose(value as Kind)}
        data={[
          { value: 'schedule', label: 'By schedule' },
          { value: 'parents', label: 'After other jobs' },
          { value: 'manual', label: 'By hand' },
        ]}
      />
      {kind === 'schedule' && <ScheduleHelper />}
      {kind === 'parents' && <Parents />}
      {kind === 'manual' && (
        <p className="dim">It starts with “Run now”, from the command line or through the API.</p>
      )}
    </>
  )
}

const recipes: { label: string; schedule: string }[] = [
  { label: 'Every 5 minutes', schedule: '*/5 * * * *' },
  { label: 'Every hour', schedule: '0 * * * *' },
  { label: 'Every hour, spread out', schedule: 'H * * * *' },
  { label: 'Every day at 06:00', schedule: '0 6 * * *' },
  { label: 'Every night, spread out', schedule: 'H H(0-5) * * *' },
  { label: 'Weekdays at 08:30', schedule: '30 8 * * MON-FRI' },
  { label: 'Every Monday at 06:00', schedule: '0 6 * * MON' },
  { label: 'First of the month', schedule: '0 6 1 * *' },
  { label: 'Last day of the month', schedule: '0 22 L * *' },
  { label: 'Every 90 seconds', schedule: '@every 90s' },
]
const zones = Intl.supportedValuesOf('timeZone')
const typingPause = 200

function ScheduleHelper() {
  const { definition, set } = useForm()
  const text = textOf(definition, 'schedule')
  const zone = textOf(definition, 'scheduleTimeZone')
  return (
    <>
      <div className="field-row wide">
        <TextField
          field="schedule"
          label="Schedule"
          hint="Cron with 5 to 7 fields, an ISO 8601 interval such as R/2030-01-31T13:00:00Z/P1D, or @every 90s"
          required
          isCode
        />
        <Select
          label="Recipes"
          description="To begin with"
          placeholder="Choose one"
          data={recipes.map((one) => ({ value: one.schedule, label: one.label }))}
          value={recipes.some((one) => one.schedule === text) ? text : null}
          onChange={(value) => value && set('schedule', value)}
        />
      </div>
      <div className="field-row">
        <Select
          label="Time zone"
          description="Of the wall clock"
          placeholder="the server's"
          searchable
          clearable
          clearButtonProps={{ 'aria-label': 'No zone' }}
          limit={60}
          data={[...new Set(['UTC', viewerZone, ...zones, ...(zone ? [zone] : [])])]}
          wrapperProps={{ 'data-field': 'scheduleTimeZone' }}
          error={useError('scheduleTimeZone')}
          value={zone || null}
          onChange={(value) => set('scheduleTimeZone', value ?? undefined)}
        />
        <ChoiceField
          field="gap"
          label="Skipped wall times"
          hint="When clocks go forward"
          placeholder="as the schedule suggests"
          choices={[
            { value: 'next', label: 'first moment after' },
            { value: 'shift', label: 'shifted' },
            { value: 'skip', label: 'not at all' },
          ]}
        />
        <ChoiceField
          field="overlap"
          label="Repeated wall times"
          hint="When clocks go back"
          placeholder="as the schedule suggests"
          choices={[
            { value: 'first', label: 'first copy' },
            { value: 'last', label: 'last copy' },
            { value: 'both', label: 'both copies' },
          ]}
        />
      </div>
      <Preview />
    </>
  )
}

function Preview() {
  const { definition, check } = useForm()
  if (!definition.schedule || !check?.schedule) return null
  const preview = check.schedule
  return (
    <div className="preview" role="status" aria-label="Preview">
      <b>{preview.description ?? preview.schedule}</b>
      <NextTimes preview={preview} />
      {preview.occurrences.some((one) => one.shiftedFrom) && (
        <span className="dim">Some times do not exist on that day, because clocks go forward.</span>
      )}
    </div>
  )
}

function Parents() {
  const { definition, set } = useForm()
  const chosen = textsOf(definition, 'parents')
  const [text, setText] = useState('')
  const [wanted] = useDebouncedValue(text, typingPause)
  const { data } = useQuery({
    queryKey: ['palette', 'parents', wanted],
    queryFn: ({ signal }) => api.jobs({ q: wanted || undefined }, 'name', 30, 0, { signal }),
    placeholderData: keepPreviousData,
  })
  const own = textOf(definition, 'name')
  const names = data?.items.map((job) => job.name).filter((name) => name !== own) ?? []
  return (
    <div className="field-row">
      <MultiSelect
        label="Parents"
        description="It starts when all of them are done since its last start"
        required
        searchable
        searchValue={text}
        onSearchChange={setText}
        nothingFoundMessage="No job is called so"
        data={[...new Set([...chosen, ...names])]}
        filter={({ options }) => options}
        wrapperProps={{ 'data-field': 'parents' }}
        error={useError('parents')}
        value={chosen}
        onChange={(next) => set('parents', next.length > 0 ? next : undefined)}
      />
      <ChoiceField
        field="trigger"
        label="When they have"
        hint="Which outcome counts"
        placeholder="succeeded"
        choices={[
          { value: 'success', label: 'succeeded' },
          { value: 'failure', label: 'failed' },
          { value: 'completion', label: 'ended, however' },
        ]}
      />
    </div>
  )
}
