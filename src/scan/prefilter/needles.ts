/** Text that only something about Bitbucket has, and how the prefilter finds it. */
export interface Needle {
  /** One character per byte, from 4 to 16 with the letter that follows. */
  readonly text: string
  /** Letters match in either case. */
  readonly anyCase?: true
  /** The byte behind the text must be an ASCII letter. */
  readonly letterFollows?: true
}

/**
 * Needles that share a bucket are told apart only after their first four bytes looked right, so those that begin alike
 * belong together, and a bucket of unlike ones costs time on text that mixes their beginnings. Eight at most: one bit each.
 *
 * Secrets of Bitbucket Cloud begin with `ATBB`, `ATATT3` or `ATCTT3`. `{AQAAAB` is how Jenkins writes what it encrypted: base64
 * of version 1 and the length of the initialisation vector (hudson.util.Secret). What Ansible Vault encrypted may hold anything. The text in base64 is told at each of its three
 * alignments by the characters that do not depend on what stands around it; `ucket` is there because base64 over several lines may
 * end one in the middle of `bitb`, and never in both. In UTF-16 a zero byte stands between the letters,
 * whichever end comes first.
 */
export const BUCKETS: readonly (readonly Needle[])[] = [
  [{ text: 'bitb', anyCase: true }],
  [{ text: 'ATBB' }, { text: 'ATATT3' }, { text: 'ATCTT3' }],
  [{ text: 'BB_', letterFollows: true }, ...inBase64(['bitb', 'Bitb', 'BITB', 'ucket'], 2)],
  inBase64(['ATBB', 'ATATT3', 'ATCTT3'], 0),
  inBase64(['ATBB', 'ATATT3', 'ATCTT3'], 1),
  inBase64(['ATBB', 'ATATT3', 'ATCTT3'], 2),
  // `Bitb` is the same text here: the two letters differ in bits that the neighbour's character holds.
  [{ text: '{AQAAAB' }, { text: '$ANSIBLE_VAULT;' }, ...inBase64(['bitb', 'BITB', 'ucket'], 1)],
  [
    ...inBase64(['bitb', 'Bitb', 'BITB', 'ucket'], 0),
    inUtf16('bitb', true),
    ...['ATBB', 'ATATT', 'ATCTT', 'BB_'].map((text) => inUtf16(text)),
  ],
]

/** Bytes of the longest needle, with the letter that follows. */
export const LONGEST = Math.max(
  ...BUCKETS.flat().map(({ text, letterFollows }) => text.length + (letterFollows === undefined ? 0 : 1)),
)

/** `alignment`: how many bytes of the same group of three stand before the text. */
export function inBase64(texts: readonly string[], alignment: 0 | 1 | 2): readonly Needle[] {
  return texts.map((text) => {
    const encoded = Buffer.from('\0'.repeat(alignment) + text, 'latin1').toString('base64')
    const first = Math.ceil((alignment * 8) / 6)
    return { text: encoded.slice(first, Math.floor(((alignment + text.length) * 8) / 6)) }
  })
}

function inUtf16(text: string, anyCase = false): Needle {
  return { text: [...text].join('\0'), ...(anyCase ? { anyCase } : {}) }
}
