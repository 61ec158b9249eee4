import { countWhile } from '../formats/count-while.ts'
import { isBitbucketHost } from './bitbucket-hosts.ts'

/** Names of hosts, as text has them: behind `://`, `@`, quotes or blanks. */
const HOST =
  /(?<![\w.-])(?:[a-z0-9-]{1,63}\.){1,5}(?:org|com|net|io|dev|local|internal|example|test|cloud|corp|lan|invalid|app|co|eu|de|fr|uk|gov|edu)(?![\w.-]*[a-z0-9-]\.[a-z]{2})(?![\w-])/gi
/** Names of files look like hosts. */
const FILE = /^[\w-]+\.(?:app|co|io|dev|test|local)$/i
/** Further away nothing is said about a secret. */
const FURTHEST = 4000

export interface NearestHost {
  readonly isAny: boolean
  /** To what stands from `offset` to `end`; what stands behind it is as near as it is to the end, however long a token is. */
  readonly nearest: (offset: number, end?: number) => string | undefined
  /** Host of Bitbucket, when that is what stands nearest to an offset. */
  readonly bitbucketNear: (offset: number, end?: number) => string | undefined
  /** Where that host is named. */
  readonly nearestAt: (offset: number, end?: number) => number | undefined
  /** Whether any host is named from `from` to `to`, or one of Bitbucket. */
  readonly isNamed: (from: number, to: number, of: 'any' | 'bitbucket') => boolean
}

const KNOWN = new Map<string, NearestHost>()

/** `text` is byte text; the last one asked about is remembered, for as long as it is being looked at: it may hold secrets. */
export function hostsIn(text: string): NearestHost {
  const known = KNOWN.get(text)
  if (known !== undefined) return known
  const mentions = [...text.matchAll(HOST)]
    .map(({ 0: name, index }) => ({ at: index, host: name.toLowerCase() }))
    .filter(({ at, host }) => !FILE.test(host) && !isMail(text, at))
  const nearest = (offset: number, end = offset): string | undefined => nearestOf(mentions, offset, end)?.host
  const ofBitbucket = mentions.filter(({ host }) => isBitbucketHost(host))
  const found: NearestHost = {
    isAny: mentions.length > 0,
    nearest,
    bitbucketNear: (offset, end) => {
      const host = nearest(offset, end)
      return host !== undefined && isBitbucketHost(host) ? host : undefined
    },
    nearestAt: (offset, end = offset) => nearestOf(mentions, offset, end)?.at,
    isNamed: (from, to, of) => {
      const all = of === 'any' ? mentions : ofBitbucket
      return (all[firstFrom(all, from)]?.at ?? to) < to
    },
  }
  if (KNOWN.size === 0) setImmediate(() => KNOWN.clear())
  KNOWN.clear()
  KNOWN.set(text, found)
  return found
}

/** `alice@example.com`, also as a username in a URL; but not `user:secret@host`, nor `user:$SECRET@host`. */
function isMail(text: string, at: number): boolean {
  if (text[at - 1] === '%') return true
  return text[at - 1] === '@' && /(?:^|[^\w.+:/%$-])[\w.+-]{1,64}@$/.test(text.slice(Math.max(0, at - 70), at))
}

interface Mention {
  readonly at: number
  readonly host: string
}

function firstFrom(mentions: readonly Mention[], offset: number): number {
  const low = countWhile(mentions, ({ at }) => at < offset)
  return low
}

/** Absent: nothing is near enough. */
function nearestOf(mentions: readonly Mention[], offset: number, end: number): Mention | undefined {
  const low = firstFrom(mentions, offset)
  const distance = ({ at }: Mention): number => (at < offset ? offset - at : Math.max(0, at - end))
  const near = [mentions[low - 1], mentions[low]]
    .filter((mention) => mention !== undefined)
    .sort((a, b) => distance(a) - distance(b))[0]
  return near === undefined || distance(near) > FURTHEST ? undefined : near
}
