import { Checkbox, NumberInput, Select, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { Binding } from './form'
import type { TextForm } from './lines'

/** What each control shows around its value. */
export interface Labelled {
  label: string
  hint?: string | undefined
  placeholder?: string | undefined
  required?: boolean | undefined
  disabled?: boolean | undefined
}

interface Bound extends Labelled {
  bind: Binding
}

export type Choice = { value: string; label: string }

const mono = { input: { fontFamily: 'var(--mono)', fontSize: 12.5 } }

function around({ bind, label, hint, placeholder, required, disabled }: Bound) {
  return {
    label,
    description: hint,
    placeholder,
    required,
    disabled,
    error: bind.error,
    wrapperProps: { 'data-field': bind.path },
  }
}

function textOf({ value }: Binding): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

export function TextBox({ isCode, ...props }: Bound & { isCode?: boolean | undefined }) {
  const { bind } = props
  return (
    <TextInput
      {...around(props)}
      value={textOf(bind)}
      onChange={(event) => bind.set(event.currentTarget.value || undefined)}
      {...(isCode && { styles: mono })}
    />
  )
}

export function NumberBox({ step, ...props }: Bound & { step?: number | undefined }) {
  const { bind } = props
  return (
    <NumberInput
      {...around(props)}
      step={step ?? 1}
      min={0}
      value={typeof bind.value === 'number' ? bind.value : ''}
      onChange={(value) => bind.set(value === '' ? undefined : Number(value))}
    />
  )
}

export function CheckBox({ standard, ...props }: Bound & { standard?: boolean | undefined }) {
  const { bind } = props
  return (
    <Checkbox
      label={props.label}
      description={props.hint}
      error={bind.error}
      wrapperProps={{ 'data-field': bind.path }}
      checked={typeof bind.value === 'boolean' ? bind.value : (standard ?? false)}
      onChange={(event) => bind.set(event.currentTarget.checked)}
    />
  )
}

export function ChoiceBox({ choices, ...props }: Bound & { choices: readonly Choice[] }) {
  const { bind } = props
  return (
    <Select
      {...around(props)}
      data={choices}
      clearable
      clearButtonProps={{ 'aria-label': `Clear ${props.label}` }}
      value={textOf(bind) || null}
      onChange={(value) => bind.set(value ?? undefined)}
    />
  )
}

export function TagsBox({ words, ...props }: Bound & { words?: string[] | undefined }) {
  const { bind } = props
  return (
    <TagsInput
      {...around(props)}
      data={words ?? []}
      value={Array.isArray(bind.value) ? bind.value.map(String) : []}
      onChange={(next) => bind.set(next.length > 0 ? next : undefined)}
    />
  )
}

/** Text of several lines. */
export function AreaBox({ rows, ...props }: Bound & { rows?: number | undefined }) {
  const { bind } = props
  return (
    <Textarea
      {...around(props)}
      autosize
      minRows={rows ?? 2}
      maxRows={16}
      styles={mono}
      value={textOf(bind)}
      onChange={(event) => bind.set(event.currentTarget.value || undefined)}
    />
  )
}

/** Lines that stand for a value: what is typed stays as it is, until the value changes from outside. */
export function LinesBox({ form, ...props }: Bound & { form: TextForm }) {
  const { bind } = props
  const shown = form.write(bind.value)
  const [text, setText] = useState(shown)
  const own = useRef(shown)
  useEffect(() => {
    if (shown === own.current) return
    own.current = shown
    setText(shown)
  }, [shown])
  return (
    <Textarea
      {...around(props)}
      autosize
      minRows={2}
      maxRows={14}
      styles={mono}
      value={text}
      onChange={(event) => {
        const value = form.read(event.currentTarget.value)
        setText(event.currentTarget.value)
        own.current = form.write(value)
        bind.set(value)
      }}
    />
  )
}
