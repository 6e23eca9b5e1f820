import { Checkbox, NumberInput, Select, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { JsonValue } from '../api/types'
import { numberOf, objectOf, textOf, textsOf } from '../job/definition'
import { linesOf, pairLines, pairsOf, readPairs, useError, useForm } from './form'

interface Named {
  field: string
  label: string
  hint?: string
}

const mono = { input: { fontFamily: 'var(--mono)', fontSize: 12.5 } }

export function TextField({
  field,
  label,
  hint,
  ...more
}: Named & { placeholder?: string; isCode?: boolean; required?: boolean; disabled?: boolean }) {
  const { definition, set } = useForm()
  const { isCode, ...input } = more
  return (
    <TextInput
      {...input}
      label={label}
      description={hint}
      error={useError(field)}
      value={textOf(definition, field)}
      onChange={(event) => set(field, event.currentTarget.value || undefined)}
      {...(isCode && { styles: mono })}
    />
  )
}

export function NumberField({ field, label, hint, step }: Named & { step?: number }) {
  const { definition, set } = useForm()
  return (
    <NumberInput
      label={label}
      description={hint}
      error={useError(field)}
      step={step ?? 1}
      min={0}
      value={numberOf(definition, field) ?? ''}
      onChange={(value) => set(field, value === '' ? undefined : Number(value))}
    />
  )
}

export function CheckField({ field, label, hint, standard }: Named & { standard?: boolean }) {
  const { definition, set } = useForm()
  const value = definition[field]
  return (
    <Checkbox
      label={label}
      description={hint}
      error={useError(field)}
      checked={typeof value === 'boolean' ? value : (standard ?? false)}
      onChange={(event) => set(field, event.currentTarget.checked)}
    />
  )
}

export function ChoiceField(props: Named & { data: { value: string; label: string }[]; placeholder?: string }) {
  const { definition, set } = useForm()
  return (
    <Select
      label={props.label}
      description={props.hint}
      error={useError(props.field)}
      data={props.data}
      placeholder={props.placeholder ?? ''}
      clearable
      clearButtonProps={{ 'aria-label': `Clear ${props.label}` }}
      value={textOf(definition, props.field) || null}
      onChange={(value) => set(props.field, value ?? undefined)}
    />
  )
}

/** A text that is a view of a value: what is typed stays as it is, until the value changes from outside. */
function LinesField(props: Named & { read: () => string; write: (text: string) => void; rows?: number }) {
  const shown = props.read()
  const [text, setText] = useState(shown)
  const written = useRef(shown)
  useEffect(() => {
    if (shown === written.current) return
    written.current = shown
    setText(shown)
  }, [shown])
  return (
    <Textarea
      label={props.label}
      description={props.hint}
      error={useError(props.field)}
      autosize
      minRows={props.rows ?? 2}
      maxRows={14}
      styles={mono}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        props.write(event.currentTarget.value)
        written.current = '\u0000' // what is written may read otherwise; it is not from outside
      }}
      onBlur={() => {
        written.current = props.read()
      }}
    />
  )
}

export function CommandField() {
  const { definition, set } = useForm()
  return (
    <Textarea
      label="Command"
      description="A line for /bin/sh, or a program where the shell is switched off"
      error={useError('command')}
      autosize
      minRows={2}
      maxRows={16}
      styles={mono}
      value={textOf(definition, 'command')}
      onChange={(event) => set('command', event.currentTarget.value || undefined)}
    />
  )
}

export function ListField(props: Named) {
  const { definition, set } = useForm()
  return (
    <LinesField
      {...props}
      read={() => textsOf(definition, props.field).join('\n')}
      write={(text) => {
        const lines = linesOf(text)
        set(props.field, lines.length > 0 ? lines : undefined)
      }}
    />
  )
}

export function PairsField(props: Named) {
  const { definition, set } = useForm()
  return (
    <LinesField
      {...props}
      read={() => pairLines(pairsOf(definition[props.field]))}
      write={(text) => {
        const pairs = readPairs(text).map(({ name, value }) => ({ name, value }))
        set(props.field, pairs.length > 0 ? pairs : undefined)
      }}
    />
  )
}

export function LabelsField() {
  const { definition, set } = useForm()
  const labels = Object.entries(objectOf(definition.labels)).map(([key, value]) => `${key}=${String(value)}`)
  return (
    <TagsInput
      label="Labels"
      description="key=value, to filter by"
      error={useError('labels')}
      value={labels}
      onChange={(next) => {
        const pairs = next.map((label): [string, JsonValue] => {
          const equals = label.indexOf('=')
          return equals < 0 ? [label, ''] : [label.slice(0, equals), label.slice(equals + 1)]
        })
        set('labels', pairs.length > 0 ? Object.fromEntries(pairs) : undefined)
      }}
    />
  )
}

/** Constraints as lines of three words, such as `rack EQUALS r1`. */
export function ConstraintsField() {
  const { definition, set } = useForm()
  const constraints = Array.isArray(definition.constraints) ? definition.constraints : []
  return (
    <LinesField
      field="constraints"
      label="Constraints"
      hint="attribute, EQUALS, LIKE or UNLIKE, and value; one a line"
      read={() => constraints.map((one) => (Array.isArray(one) ? one.join(' ') : '')).join('\n')}
      write={(text) => {
        const read = linesOf(text).map((line) => {
          const [attribute = '', operator = '', ...rest] = line.trim().split(/\s+/)
          return [attribute, operator, rest.join(' ')]
        })
        set('constraints', read.length > 0 ? read : undefined)
      }}
    />
  )
}

/** Files to fetch as addresses, one a line; other members of an item stay. */
export function FetchField() {
  const { definition, set } = useForm()
  const items = Array.isArray(definition.fetch) ? definition.fetch.map(objectOf) : []
  return (
    <LinesField
      field="fetch"
      label="Files to fetch"
      hint="Addresses, one a line; put into the sandbox before it starts"
      read={() => items.map((item) => String(item.uri ?? '')).join('\n')}
      write={(text) => {
        const next = linesOf(text).map((uri) => items.find((item) => item.uri === uri.trim()) ?? { uri: uri.trim() })
        set('fetch', next.length > 0 ? next : undefined)
      }}
    />
  )
}

/** A field of a member that is an object, such as the image of the container. */
export function useMember(
  field: string,
): [Record<string, JsonValue>, (name: string, value: JsonValue | undefined) => void] {
  const { definition, set } = useForm()
  const member = objectOf(definition[field])
  return [
    member,
    (name, value) => {
      const next = { ...member, [name]: value }
      const kept = Object.fromEntries(
        Object.entries(next).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
      )
      set(field, Object.keys(kept).length > 0 ? kept : undefined)
    },
  ]
}
