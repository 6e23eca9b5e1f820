import { parse, stringify } from 'yaml'
import type { JobDefinition } from '../api/types'

export type Language = 'json' | 'yaml'

export function print(definition: object, language: Language): string {
  return language === 'json' ? `${JSON.stringify(definition, null, 2)}\n` : stringify(definition, { lineWidth: 100 })
}

/** The definition that a text says, or why it says none. */
export function read(text: string, language: Language): { definition: JobDefinition } | { error: string } {
  try {
    const value: unknown = language === 'json' ? JSON.parse(text) : parse(text)
    if (value === null || typeof value !== 'object' || Array.isArray(value))
      return { error: 'It must be one object.' }
    return { definition: value as JobDefinition }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
