/** What says Bitbucket, written as it is. */
const SIGN = /bitb|AT(?:BB|ATT3|CTT3)|BB_[A-Za-z]|\{AQAAAB|\$ANSIBLE_VAULT;/
const ANY_CASE = /bitb/i
/** Below a layer `bItb` and `BB_` are not promised. */
const ENCODED_SIGN = /bitb|Bitb|BITB|AT(?:BB|ATT3|CTT3)/
/** Deeper than any document of a case. */
const DEEPEST = 4

/**
 * How many layers of writing have to be taken off until a sign of Bitbucket stands there: 1 for base64 and for UTF-16, which the prefilter
 * knows, 2 for each that it does not: lines put together, escapes of any format. Absent: there is no sign at any depth. Slow, and written
 * apart from the needles of the prefilter.
 */
export function layersToSign(bytes: Uint8Array): number | undefined {
  const seen = new Set<string>()
  let unlike: number | undefined
  const byLayers: Set<string>[] = [new Set([Buffer.from(bytes).toString('latin1')])]
  for (let layers = 0; layers <= DEEPEST; layers++)
    for (const text of byLayers[layers] ?? []) {
      const isAny = holdsSign(text)
      if (isAny && (layers === 0 || ENCODED_SIGN.test(text))) return layers
      if (isAny) unlike ??= layers + 1
      if (seen.has(text)) continue
      seen.add(text)
      byLayers[layers + 1] = new Set([...(byLayers[layers + 1] ?? []), ...encodedIn(text), ...wideIn(text)])
      byLayers[layers + 2] = new Set([...(byLayers[layers + 2] ?? []), ...joinedLines(text), ...unescaped(text)])
    }
  return unlike
}

function holdsSign(text: string): boolean {
  return SIGN.test(text) || ANY_CASE.test(text)
}

/** Runs of base64 of either alphabet. A needle may begin anywhere in a group of four letters when what stands before it is no base64. */
function encodedIn(text: string): readonly string[] {
  const runs = text.match(/[A-Za-z0-9+/_-]{4,}/g) ?? []
  return runs.flatMap((run) => [0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), 'base64').toString('latin1')))
}

/** A line end may stand in the middle of a sign in base64. */
function joinedLines(text: string): readonly string[] {
  const joined = text.replaceAll(/(?<=[A-Za-z0-9+/_-])\s+(?=[A-Za-z0-9+/_-])/g, '')
  return joined === text ? [] : [joined]
}

/** Runs of UTF-16: a letter and a zero, in either order, without a gap. */
function wideIn(text: string): readonly string[] {
  const runs = text.match(/(?:[^\0]\0){3,}[^\0]?|(?:\0[^\0]){3,}/g) ?? []
  return runs.map((run) => run.replaceAll('\0', ''))
}

function unescaped(text: string): readonly string[] {
  const number = (digits: string, base: number): string => String.fromCharCode(Number.parseInt(digits, base) & 0xff)
  const numbers = text
    .replace(/\\u+(?:00|\{0*)?([0-9a-f]{2})\}?/gi, (_, digits: string) => number(digits, 16))
    .replace(/\\x([0-9a-f]{2})|%([0-9a-f]{2})|&#x0*([0-9a-f]{2});/gi, (_, a?: string, b?: string, c?: string) =>
      number(a ?? b ?? c ?? '', 16),
    )
    .replace(/\\([0-7]{3})/g, (_, digits: string) => number(digits, 8))
  const bare = text.replace(/[\\^`]\r?\n\s*|[\\^`"']/g, '')
  const joined = numbers.replace(/[\\^`]\r?\n\s*|[\\^`"']/g, '')
  return [numbers, bare, joined].filter((one) => one !== text)
}
