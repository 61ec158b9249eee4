import { constants } from 'node:buffer'
import { Failure } from '../model/failure.ts'

/** A plan is read as one text, of which V8 holds so much: 512 MiB, some hundred thousand places. */
export const MOST_PLAN_BYTES = constants.MAX_STRING_LENGTH

const FEWER = [
  'Plan for fewer places at a time, each folder or controller with a plan of its own:',
  '  keyturn plan PATH',
]

/** The same pieces. Throws `Failure` R112 at the first that no command could read again; nothing of them is kept then. */
export function readablePieces(pieces: Iterable<Uint8Array>, most = MOST_PLAN_BYTES): Iterable<Uint8Array> {
  return {
    *[Symbol.iterator]() {
      let size = 0
      for (const piece of pieces) {
        size += piece.length
        if (size > most)
          throw new Failure('R112', {
            at: 'the plan',
            because: `its file would be larger than ${mebibytes(most)}, and no command could read it again`,
            state: 'Nothing was changed, and no plan was kept.',
            next: FEWER,
            exitCode: 2,
          })
        yield piece
      }
    },
  }
}

/** `size`: bytes. Throws `Failure` R202. */
export function requireReadable(size: number, at: string): void {
  if (size <= MOST_PLAN_BYTES) return
  throw new Failure('R202', {
    at,
    because: `it is larger than ${mebibytes(MOST_PLAN_BYTES)}, and cannot be read`,
    state: 'Nothing was changed.',
    next: FEWER,
  })
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`
}
