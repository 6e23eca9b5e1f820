import { TagsInput } from '@mantine/core'
import type { JsonValue } from '../api/types'
import { objectOf } from '../job/definition'
import { AreaBox, CheckBox, type Choice, ChoiceBox, type Labelled, LinesBox, NumberBox, TextBox } from './controls'
import { useBinding } from './form'
import type { TextForm } from './lines'

/** A control for the field at a path of the definition. */
interface Field extends Labelled {
  field: string
  /** The path whose errors are told beside it, where that is another. */
  errors?: string | undefined
}

export function TextField({ field, errors, ...more }: Field & { isCode?: boolean }) {
  return <TextBox bind={useBinding(field, errors)} {...more} />
}

export function AreaField({ field, errors, ...more }: Field & { rows?: number }) {
  return <AreaBox bind={useBinding(field, errors)} {...more} />
}

export function NumberField({ field, errors, ...more }: Field & { step?: number }) {
  return <NumberBox bind={useBinding(field, errors)} {...more} />
}

export function CheckField({ field, errors, ...more }: Field & { standard?: boolean }) {
  return <CheckBox bind={useBinding(field, errors)} {...more} />
}

export function ChoiceField({ field, errors, ...more }: Field & { choices: readonly Choice[] }) {
  return <ChoiceBox bind={useBinding(field, errors)} {...more} />
}

export function LinesField({ field, errors, ...more }: Field & { form: TextForm }) {
  return <LinesBox bind={useBinding(field, errors)} {...more} />
}

export function LabelsField() {
  const { value, set, error } = useBinding('labels')
  const labels = Object.entries(objectOf(value)).map(([key, one]) => `${key}=${String(one)}`)
  return (
    <TagsInput
      label="Labels"
      description="key=value, to filter by"
      error={error}
      wrapperProps={{ 'data-field': 'labels' }}
      value={labels}
      onChange={(next) => {
        const pairs = next.map((label): [string, JsonValue] => {
          const equals = label.indexOf('=')
          return equals < 0 ? [label, ''] : [label.slice(0, equals), label.slice(equals + 1)]
        })
        set(pairs.length > 0 ? Object.fromEntries(pairs) : undefined)
      }}
    />
  )
}
