import { plain, type Sgr, stateAfter } from './ansi'

/** Lines of output as they come in. Lines are pieces of what was received, so a large output costs little more than
 *  its text. */
export class LogBuffer {
  readonly lines: string[] = []
  /** Styles that a line begins with, where it has any. */
  private readonly styles = new Map<number, Sgr>()
  /** Lines that tell of dropped output. */
  private readonly gaps = new Set<number>()
  /** When lines were seen, where they came in while the page looked. */
  private readonly seen: { line: number; at: number }[] = []
  private state: Sgr = plain
  private isOpen = false

  append(text: string, seenAt?: number): void {
    if (text === '') return
    if (seenAt !== undefined)
      this.seen.push({ line: Math.max(0, this.lines.length - (this.isOpen ? 1 : 0)), at: seenAt })
    let from = 0
    while (from < text.length) {
      const end = text.indexOf('\n', from)
      this.add(text.slice(from, end < 0 ? text.length : end))
      this.isOpen = end < 0
      if (end < 0) return
      from = end + 1
    }
  }

  /** Notes that output is missing here. */
  drop(bytes: number): void {
    this.isOpen = false
    this.gaps.add(this.lines.length)
    this.lines.push(`… ${bytes.toLocaleString('en')} bytes were dropped here, because the output was too large …`)
  }

  styleOf(line: number): Sgr {
    return this.styles.get(line) ?? plain
  }

  isGap(line: number): boolean {
    return this.gaps.has(line)
  }

  /** When a line was seen to come in; undefined: it was there already. */
  seenAt(line: number): number | undefined {
    let [low, high] = [0, this.seen.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.seen[middle]?.line ?? 0) <= line) low = middle + 1
      else high = middle
    }
    return this.seen[low - 1]?.at
  }

  private add(piece: string): void {
    if (this.isOpen) {
      this.lines[this.lines.length - 1] += piece
    } else {
      if (this.state.length > 0) this.styles.set(this.lines.length, this.state)
      this.lines.push(piece)
    }
    if (piece.includes('\u001b')) this.state = stateAfter(piece, this.state)
  }
}
