import type { ByteSpan } from './byte-text.ts'

/** A pair of brackets: a call with its arguments and the closure behind it, a list, a map, a block. */
export interface Group {
  /** Called function or name of the block; empty: a list, a map, brackets without a name. */
  readonly name: string
  readonly extent: ByteSpan
  /** Literals `[from, to)` stand inside; those from `body` on in its closure or block. */
  readonly from: number
  readonly body: number
  readonly to: number
  /** Index of the group around it. */
  readonly within?: number
}

interface OpenGroup {
  readonly name: string
  readonly start: number
  readonly from: number
  readonly within: number
  end: number
  body: number
  to: number
}

/** The brackets of a program in the order in which they open. `literals` is how many literals stand before. */
export class CodeGroups {
  readonly #groups: OpenGroup[] = []

  open(name: string, start: number, within: number, literals: number): number {
    this.#groups.push({ name, start, end: start, within, from: literals, body: literals, to: literals })
    return this.#groups.length - 1
  }

  /** The closure behind a call goes on with its group. */
  openBody(group: number, literals: number): void {
    const known = this.#groups[group]
    if (known !== undefined) known.body = literals
  }

  close(group: number, end: number, literals: number, isBody: boolean): void {
    const known = this.#groups[group]
    if (known === undefined) return
    known.end = end
    known.to = literals
    if (!isBody) known.body = literals
  }

  startOf(group: number): number | undefined {
    return this.#groups[group]?.start
  }

  all(): readonly Group[] {
    return this.#groups.map(({ name, start, end, within, from, body, to }) => {
      const extent = [start, end] as const
      return within === -1 ? { name, extent, from, body, to } : { name, extent, from, body, to, within }
    })
  }
}
