import { createContext, useContext } from 'react'
import type { JobCheck, JobDefinition, JsonValue } from '../api/types'
import { objectOf } from '../job/definition'

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

/** A value that a control shows and changes. Undefined leaves it out of the definition. */
export interface Binding {
  /** Where it is, such as container.image. */
  path: string
  value: JsonValue | undefined
  set: (value: JsonValue | undefined) => void
  error: string | undefined
}

/** The value at a path of the definition; `errors` is the path whose errors are told beside it. */
export function useBinding(path: string, errors = path): Binding {
  const { definition, set } = useForm()
  const error = useError(errors)
  const [field = '', ...rest] = path.split('.')
  return {
    path,
    value: valueAt(definition[field], rest),
    set: (value) => set(field, withValue(definition[field], rest, value)),
    error,
  }
}

export function valueAt(value: JsonValue | undefined, path: string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((found, name) => objectOf(found)[name], value)
}

/** A value with another one put into it; undefined where nothing is left of it. */
export function withValue(
  value: JsonValue | undefined,
  path: string[],
  next: JsonValue | undefined,
): JsonValue | undefined {
  const [name, ...rest] = path
  if (name === undefined) return next
  const { [name]: old, ...others } = objectOf(value)
  const inner = withValue(old, rest, next)
  if (inner !== undefined) return { ...objectOf(value), [name]: inner }
  return Object.keys(others).length > 0 ? others : undefined
}

/** What the server says of a field and all that is in it. */
export function useError(field: string): string | undefined {
  const { check, isTold } = useForm()
  if (!check || !isTold(field.split('.')[0] ?? field)) return undefined
  const found = check.violations.filter(
    (one) => one.field === field || one.field.startsWith(`${field}[`) || one.field.startsWith(`${field}.`),
  )
  return found.length === 0 ? undefined : found.map((one) => `${one.rule} ${one.remedy}`.trim()).join(' ')
}
