import { isBitbucketHost } from './bitbucket-hosts.ts'

/**
 * Keys from the root of a document, separated by `/`. `*` stands for any one key, `**` for any number of them, `{host}` for a host of
 * Bitbucket Cloud (also as the URL of one). Upper and lower case are the same.
 */
export type KeyPattern = string

/** What the wildcards stand for, from left to right. */
export type Captures = readonly (readonly string[])[]

/** A pattern taken apart. Documents have thousands of fields, and each is held against all patterns. */
interface Parts {
  readonly parts: readonly string[]
  /** In lower case. */
  readonly wanted: readonly string[]
}

const PARTS = new Map<KeyPattern, Parts>()

function partsOf(pattern: KeyPattern): Parts {
  const known = PARTS.get(pattern)
  if (known !== undefined) return known
  const parts = pattern.split('/')
  const taken = { parts, wanted: parts.map((part) => part.toLowerCase()) }
  PARTS.set(pattern, taken)
  return taken
}

/** Absent: the keys do not fit. */
export function matchKeys(pattern: KeyPattern, keys: readonly string[]): Captures | undefined {
  return matchFrom(partsOf(pattern).wanted, 0, keys, 0)
}

/** The last key of everything that fits, in lower case; absent where it is not always the same. */
export function lastKeyOf(pattern: KeyPattern): string | undefined {
  const last = partsOf(pattern).wanted.at(-1)
  return last === '*' || last === '**' || last === '{host}' ? undefined : last
}

function matchFrom(parts: readonly string[], part: number, keys: readonly string[], key: number): Captures | undefined {
  const wanted = parts[part]
  if (wanted === undefined) return key === keys.length ? [] : undefined
  if (wanted === '**') return matchMany(parts, part, keys, key)
  const present = keys[key]
  if (present === undefined || !fits(wanted, present)) return undefined
  const rest = matchFrom(parts, part + 1, keys, key + 1)
  if (rest === undefined) return undefined
  return wanted === '*' || wanted === '{host}' ? [[present], ...rest] : rest
}

function matchMany(parts: readonly string[], part: number, keys: readonly string[], key: number): Captures | undefined {
  for (let end = key; end <= keys.length; end++) {
    const rest = matchFrom(parts, part + 1, keys, end)
    if (rest !== undefined) return [keys.slice(key, end), ...rest]
  }
  return undefined
}

/** What is wanted is ASCII in lower case, so that what fits is as long. */
function fits(wanted: string, present: string): boolean {
  if (wanted === '*') return true
  if (wanted === '{host}') return hostOfKey(present) !== undefined
  return wanted.length === present.length && (wanted === present || wanted === present.toLowerCase())
}

/** `bitbucket.org`, `https://bitbucket.org/`, `//bitbucket.org/:`. */
export function hostOfKey(key: string): string | undefined {
  const host = /^(?:[a-z+]*:?\/\/)?([^/:@]+)(?::443)?(?:[/:].*)?$/i.exec(key)?.[1]?.toLowerCase()
  return host !== undefined && isBitbucketHost(host) ? host : undefined
}

/** The keys that another pattern names when its wildcards stand for the same. */
export function keysOf(pattern: KeyPattern, captures: Captures): readonly string[] {
  let next = 0
  return partsOf(pattern).parts.flatMap((part) =>
    part === '*' || part === '**' || part === '{host}' ? (captures[next++] ?? []) : [part],
  )
}
