import { createContext, useContext } from 'react'
import type { JobCheck, JobDefinition, JsonValue } from '../api/types'

/** The definition that is being written, and what the server thinks of it. */
export interface FormState {
  definition: JobDefinition
  /** The name of a job that exists cannot be changed. */
  isNew: boolean
  set: (field: string, value: JsonValue | undefined) => void
  /** Undefined until the server has looked at it. */
  check: JobCheck | undefined
  /** Whether to say beside a field what is wrong with it: not before somebody wrote there. */
  isTold: (field: string) => boolean
}

export const Form = createContext<FormState | undefined>(undefined)

export function useForm(): FormState {
  const form = useContext(Form)
  if (!form) throw new Error('There is no form around this field.')
  return form
}

/** What the server says of a field and all that is in it. */
export function useError(field: string): string | undefined {
  const { check, isTold } = useForm()
  if (!check || !isTold(field)) return undefined
  const found = check.violations.filter(
    (one) => one.field === field || one.field.startsWith(`${field}[`) || one.field.startsWith(`${field}.`),
  )
  return found.length === 0 ? undefined : found.map((one) => `${one.rule} ${one.remedy}`.trim()).join(' ')
}

export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}

export interface Pair {
  name: string
  value: string
}

export function pairsOf(value: JsonValue | undefined): Pair[] {
  if (Array.isArray(value))
    return value.flatMap((item) => {
      if (item === null || typeof item !== 'object' || Array.isArray(item)) return []
      return [{ name: String(item.name ?? ''), value: String(item.value ?? '') }]
    })
  if (value && typeof value === 'object')
    return Object.entries(value).map(([name, one]) => ({ name, value: String(one) }))
  return []
}

export function pairLines(pairs: Pair[]): string {
  return pairs.map(({ name, value }) => `${name}=${value}`).join('\n')
}

export function readPairs(text: string): Pair[] {
  return linesOf(text).map((line) => {
    const equals = line.indexOf('=')
    return equals < 0
      ? { name: line.trim(), value: '' }
      : { name: line.slice(0, equals).trim(), value: line.slice(equals + 1) }
  })
}
