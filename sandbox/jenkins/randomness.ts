import { createHash, randomBytes } from 'node:crypto'

/** Where keys, initialisation vectors, tokens and session ids come from: repeatable when a seed is given. */
export interface Randomness {
  bytes(length: number): Buffer
  hex(length: number): string
}

export function randomness(seed: string | undefined): Randomness {
  const bytes = seed === undefined ? randomBytes : seededBytes(seed)
  return {
    bytes,
    hex: (length) =>
      bytes(Math.ceil(length / 2))
        .toString('hex')
        .slice(0, length),
  }
}

function seededBytes(seed: string): (length: number) => Buffer {
  let counter = 0
  return (length) => {
    const blocks: Buffer[] = []
    for (let have = 0; have < length; have += 32) {
      blocks.push(createHash('sha256').update(`${seed}\n${counter++}`).digest())
    }
    return Buffer.concat(blocks).subarray(0, length)
  }
}
