/** Colours and emphasis of terminal output (ECMA-48 SGR), as classes. */

export interface Segment {
  text: string
  classes: string
}

/** What is switched on: numbers from 1 to 9 for emphasis, and a foreground colour from 30 or from 90. */
export type Sgr = readonly number[]

const sequence = /\u001b\[([0-9;]*)([A-Za-z])|\u001b\][^\u0007]*\u0007|\u001b[()][A-Z0-9]/g
export const plain: Sgr = []

function isColor(code: number): boolean {
  return (code >= 30 && code <= 37) || (code >= 90 && code <= 97)
}

function apply(state: Sgr, parameters: string): Sgr {
  let next = [...state]
  const codes = parameters === '' ? [0] : parameters.split(';').map(Number)
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0
    if (code === 0) next = []
    else if (code === 38 || code === 48)
      i += codes[i + 1] === 5 ? 2 : 4 // 256 and true colours are left out
    else if (code >= 1 && code <= 9) next = [...next.filter((c) => c !== code), code]
    else if (code === 22) next = next.filter((c) => c !== 1 && c !== 2)
    else if (code >= 23 && code <= 29) next = next.filter((c) => c !== code - 20)
    else if (code === 39) next = next.filter((c) => !isColor(c))
    else if (isColor(code)) next = [...next.filter((c) => !isColor(c)), code]
  }
  return next
}

function classesOf(state: Sgr): string {
  return state.map((code) => (isColor(code) ? `f${code % 10}` : `a${code}`)).join(' ')
}

/** The state after a text that began in another. */
export function stateAfter(text: string, state: Sgr): Sgr {
  let next = state
  for (const [, parameters, kind] of text.matchAll(sequence)) if (kind === 'm') next = apply(next, parameters ?? '')
  return next
}

/** A line in pieces of one style each; other escape sequences are left out. */
export function segments(text: string, start: Sgr): Segment[] {
  if (!text.includes('\u001b')) return [{ text, classes: classesOf(start) }]
  const found: Segment[] = []
  let state = start
  let from = 0
  for (const match of text.matchAll(sequence)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index), classes: classesOf(state) })
    if (match[2] === 'm') state = apply(state, match[1] ?? '')
    from = match.index + match[0].length
  }
  if (from < text.length) found.push({ text: text.slice(from), classes: classesOf(state) })
  return found
}

export function withoutSequences(text: string): string {
  return text.includes('\u001b') ? text.replace(sequence, '') : text
}
