/** A text to search, and where from. Byte text: one character per byte. */
export interface PrefilterCase {
  readonly text: string
  readonly from: number
  /** Only the first `length` bytes count; what stands behind them is left over from another text. */
  readonly length: number
}

/** Needles, whole and damaged, and what they are made of: so that almost-hits are as frequent as hits. */
const PIECES = [
  ...[
    'bitb',
    'BitB',
    'BITB',
    'ATBB',
    'ATATT3',
    'ATCTT3',
    'BB_a',
    'BB_Z',
    'BB_1',
    'BB_',
    '{AQAAAB',
    'JpdG',
    'FUQk',
    'BVEJC',
  ],
  ...[
    'Yml0Y',
    'dWNrZX',
    'Vja2V0',
    '1Y2tld',
    'dWNrZ',
    'Qml0Y',
    'iaXRi',
    'CaXRi',
    'QVRCQ',
    'QVRBVFQz',
    'QVRDVFQz',
    'FUQVRUM',
    'FUQ1RUM',
    'BVEFUVD',
    'BVENUVD',
  ],
  ...[
    'b\0I\0t\0B',
    'A\0T\0B\0B',
    'A\0T\0A\0T\0T',
    'A\0T\0C\0T\0T',
    'bit',
    'itb',
    'ATB',
    'ATATT',
    'ATCTT',
    'ATAT',
    'AQAAAB',
  ],
  ...[
    'Yml0',
    'ml0Y',
    'QVRB',
    'QVRD',
    'FUQ',
    'BVE',
    'b\0i\0t\0',
    'A\0T\0',
    '\0',
    'B',
    '_',
    'A',
    'T',
    'b',
    ' ',
    'x',
    '@',
    '[',
    '`',
    '{',
  ],
]

/** Endless cases from a seed, short ones and ones of several blocks, cut at any byte. */
export function* prefilterCases(seed: number): Generator<PrefilterCase> {
  const next = randomFrom(seed)
  const below = (limit: number): number => Math.floor(next() * limit)
  while (true) {
    let text = ' '.repeat(below(4) === 0 ? below(70) : 0)
    for (let count = below(12); count >= 0; count--) {
      const piece = PIECES[below(PIECES.length)] ?? ''
      text += below(6) === 0 ? String.fromCharCode(below(256)) : piece
      if (below(8) === 0) text = text.slice(0, -1)
      if (below(10) === 0) text += 'z'.repeat(below(40))
    }
    const length = below(3) === 0 ? below(text.length + 1) : text.length
    yield { text, from: below(3) === 0 ? below(length + 1) : 0, length }
  }
}

/** mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
