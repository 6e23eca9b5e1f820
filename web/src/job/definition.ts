import type { JobDefinition, JsonValue } from '../api/types'

/** Reading fields of a definition, whose values may be anything that the API can say. */

export function textOf(definition: JobDefinition, field: string): string {
  const value = definition[field]
  return typeof value === 'string' ? value : ''
}

export function numberOf(definition: JobDefinition, field: string): number | undefined {
  const value = definition[field]
  return typeof value === 'number' ? value : undefined
}

export function textsOf(definition: JobDefinition, field: string): string[] {
  const value = definition[field]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

export function objectOf(value: JsonValue | undefined): Record<string, JsonValue> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}
}

/** Variables and secrets, which are a list of pairs or an object. */
export function pairsOf(definition: JobDefinition, field: string): [name: string, value: string][] {
  const value = definition[field]
  if (!Array.isArray(value)) return Object.entries(objectOf(value)).map(([name, one]) => [name, String(one)])
  return value.map(objectOf).map((pair) => [String(pair.name ?? ''), String(pair.value ?? '')])
}

/** Fields whose value is the one they have when left out; leaving them out makes a definition readable. */
const defaults: Record<string, JsonValue> = {
  description: '',
  owner: '',
  ownerName: '',
  labels: {},
  disabled: false,
  schedule: null,
  parents: [],
  shell: true,
  trigger: 'success',
  arguments: [],
  environmentVariables: [],
  secrets: [],
  workingDirectory: '',
  runAsUser: '',
  engine: '',
  fetch: [],
  uris: [],
  executor: '',
  executorFlags: '',
  taskInfoData: '',
  container: null,
  constraints: [],
  timeout: null,
  concurrency: 'skip',
  retryDelay: null,
  retryBackoff: { factor: 1, max: null, jitter: 0 },
  killGracePeriod: null,
  maxConcurrent: 0,
  onDoubt: 'skip',
  disableAfterFailures: null,
  notify: [],
  softError: false,
  async: false,
  highPriority: false,
  dataProcessingJobType: false,
  scheduleTimeZone: '',
  gap: null,
  overlap: null,
  jitter: 'PT0S',
  calendars: [],
  startAfter: null,
  endBefore: null,
  missed: { mode: 'latest', limit: 100, window: null },
  epsilon: null,
}

export function withoutDefaults(definition: JobDefinition): JobDefinition {
  const kept = Object.entries(definition).filter(
    ([field, value]) => !(field in defaults) || JSON.stringify(value) !== JSON.stringify(defaults[field]),
  )
  return Object.fromEntries(kept) as JobDefinition
}
