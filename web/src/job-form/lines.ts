import type { JsonValue } from '../api/types'
import { objectOf } from '../job/definition'

/** A text for people that stands for a value. */
export interface TextForm {
  write: (value: JsonValue | undefined) => string
  read: (text: string) => JsonValue | undefined
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : []
}

function unlessEmpty(items: JsonValue[]): JsonValue[] | undefined {
  return items.length > 0 ? items : undefined
}

/** Texts, one a line. */
export const plainLines: TextForm = {
  write: (value) => listOf(value).map(String).join('\n'),
  read: (text) => unlessEmpty(linesOf(text)),
}

/** Pairs as NAME=value, one a line; `key` is what the API calls the name. */
export function pairLines(key: 'name' | 'key'): TextForm {
  return {
    write: (value) =>
      Array.isArray(value)
        ? value
            .map(objectOf)
            .map((pair) => `${String(pair[key] ?? '')}=${String(pair.value ?? '')}`)
            .join('\n')
        : Object.entries(objectOf(value))
            .map(([name, one]) => `${name}=${String(one)}`)
            .join('\n'),
    read: (text) =>
      unlessEmpty(
        linesOf(text).map((line) => {
          const equals = line.indexOf('=')
          return equals < 0
            ? { [key]: line.trim(), value: '' }
            : { [key]: line.slice(0, equals).trim(), value: line.slice(equals + 1) }
        }),
      ),
  }
}

/** Constraints as lines of three words, such as `rack EQUALS r1`. */
export const constraintLines: TextForm = {
  write: (value) =>
    listOf(value)
      .map((one) => (Array.isArray(one) ? one.join(' ') : ''))
      .join('\n'),
  read: (text) =>
    unlessEmpty(
      linesOf(text).map((line) => {
        const [attribute = '', operator = '', ...rest] = line.trim().split(/\s+/)
        return [attribute, operator, rest.join(' ')]
      }),
    ),
}

/** Ports as `8080:80/tcp`, one a line: that of the machine, that in the container, and the protocol. */
export const portLines: TextForm = {
  write: (value) =>
    listOf(value)
      .map(objectOf)
      .map((port) => {
        const protocol = typeof port.protocol === 'string' ? `/${port.protocol}` : ''
        return `${Number(port.hostPort ?? 0)}:${Number(port.containerPort ?? 0)}${protocol}`
      })
      .join('\n'),
  read: (text) =>
    unlessEmpty(
      linesOf(text).map((line) => {
        const [ports = '', protocol] = line.trim().split('/')
        const [first = '', second] = ports.split(':')
        const port: Record<string, JsonValue> = { containerPort: numberIn(second ?? first) }
        if (second !== undefined) port.hostPort = numberIn(first)
        if (protocol) port.protocol = protocol
        return port
      }),
    ),
}

/** What is no number goes to the server as it is, which says so. */
function numberIn(text: string): JsonValue {
  const number = Number(text)
  return text.trim() === '' || Number.isNaN(number) ? text : number
}
