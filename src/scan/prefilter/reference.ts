/**
 * What the prefilter looks for, said once more as an expression over byte text (latin1): the slow answer that the fast one is
 * held against, and the one that is given where WebAssembly or its vectors are missing. Written apart from needles.ts.
 */
const NEEDLES = new RegExp(
  [
    '[bB][iI][tT][bB]',
    'AT(?:BB|ATT3|CTT3)',
    'BB_[A-Za-z]',
    '[{]AQAAAB',
    '[$]ANSIBLE_VAULT;',
    // bitb, Bitb and BITB in base64, at the three places that they may have in a group of three bytes.
    '[YQ]ml0Y|QklUQ',
    'J(?:pdG|JVE)',
    '[iC]aXRi|CSVRC',
    // ucket in base64: of a bitbucket that a line end cuts in two.
    'dWNrZX|Vja2V0|1Y2tld',
    // ATBB, ATATT3 and ATCTT3 in base64.
    'QVR(?:CQ|BVFQz|DVFQz)',
    'FUQ(?:k|VRUM|1RUM)',
    'BVE(?:JC|FUVD|NUVD)',
    // UTF-16, either end first: only the zero bytes between the letters count.
    '[bB]\0[iI]\0[tT]\0[bB]',
    'B\0B\0_',
    'A\0T\0(?:B\0B|A\0T\0T|C\0T\0T)',
  ].join('|'),
  'g',
)

/** Offset of the first needle in `text` (byte text) at or behind `from`, or -1. */
export function firstNeedle(text: string, from = 0): number {
  NEEDLES.lastIndex = from
  return NEEDLES.exec(text)?.index ?? -1
}
