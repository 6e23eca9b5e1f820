import type { JobDefinition } from '../api/types'

const prefix = 'chronos-draft-'

/** Definitions that are not saved yet, kept in the tab: a lost connection or a reload loses nothing that was typed.
 *  Secrets are left out, because what a tab keeps may be read by whoever uses the machine next. */
export const draft = {
  load(key: string): JobDefinition | undefined {
    const text = sessionStorage.getItem(prefix + key)
    return text === null ? undefined : (JSON.parse(text) as JobDefinition)
  },
  save(key: string, definition: JobDefinition): void {
    const { secrets: _, ...rest } = definition
    sessionStorage.setItem(prefix + key, JSON.stringify(rest))
  },
  drop(key: string): void {
    sessionStorage.removeItem(prefix + key)
  },
}
