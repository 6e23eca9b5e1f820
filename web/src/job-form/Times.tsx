import { ChoiceBox, NumberBox, TextBox } from './controls'
import { LinesField, TextField } from './fields'
import { type Binding, useBinding, useForm, withValue } from './form'
import { objectOf } from '../job/definition'
import { plainLines } from './lines'

/** How late and odd times are treated; only where there is a schedule. */
export function Times() {
  const { definition } = useForm()
  if (!definition.schedule) return null
  return (
    <>
      <div className="field-row">
        <Missed />
        <TextField field="epsilon" label="Late after" hint="Later than this counts as missed" placeholder="60s" />
        <TextField field="jitter" label="Jitter" hint="Spreads starts over this" placeholder="none" />
      </div>
      <div className="field-row">
        <TextField
          field="startAfter"
          label="Not before"
          hint="A moment with offset"
          placeholder="2026-03-01T13:00:00+01:00"
        />
        <TextField
          field="endBefore"
          label="Not at or after"
          hint="A moment with offset"
          placeholder="2027-03-01T13:00:00+01:00"
        />
      </div>
      <LinesField
        field="calendars"
        label="Days without"
        hint="Dates or ranges such as 2026-12-24/2026-12-26, one a line"
        form={plainLines}
      />
    </>
  )
}

const modes = [
  { value: 'none', label: 'none runs late' },
  { value: 'latest', label: 'the latest runs late' },
  { value: 'all', label: 'all run late' },
]

/** A word, or an object that says more. */
function Missed() {
  const { value, set, error } = useBinding('missed')
  const isWord = typeof value === 'string'
  const whole = isWord ? { mode: value } : objectOf(value)
  const member = (name: string): Binding => ({
    path: `missed.${name}`,
    value: whole[name],
    set: (next) => set(withValue(whole, [name], next)),
    error: undefined,
  })
  const mode: Binding = {
    path: 'missed',
    value: whole.mode,
    set: (next) => set(next === 'all' ? { ...whole, mode: next } : next),
    error,
  }
  return (
    <>
      <ChoiceBox
        bind={mode}
        label="Missed occurrences"
        hint="After an outage"
        placeholder="the latest runs late"
        choices={modes}
      />
      {whole.mode === 'all' && (
        <>
          <NumberBox bind={member('limit')} label="At most" hint="Of them; 100 unless said" />
          <TextBox bind={member('window')} label="None older than" placeholder="however old" />
        </>
      )}
    </>
  )
}
