import { isBitbucketHost } from './bitbucket-hosts.ts'

/**
 * Keys from the root of a document, separated by `/`. `*` stands for any one key, `**` for any number of them, `{host}` for a host of
 * Bitbucket Cloud (also as the URL of one). Upper and lower case are the same.
 */
export type KeyPattern = string

/** What the wildcards stand for, from left to right. */
export type Captures = readonly (readonly string[])[]

/** Absent: the keys do not fit. */
export function matchKeys(pattern: KeyPattern, keys: readonly string[]): Captures | undefined {
  return matchFrom(pattern.split('/'), 0, keys, 0)
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

function fits(wanted: string, present: string): boolean {
  if (wanted === '*') return true
  if (wanted === '{host}') return hostOfKey(present) !== undefined
  return wanted.toLowerCase() === present.toLowerCase()
}

/** `bitbucket.org`, `https://bitbucket.org/`, `//bitbucket.org/:`. */
export function hostOfKey(key: string): string | undefined {
  const host = /^(?:[a-z+]*:?\/\/)?([^/:@]+)(?::443)?(?:[/:].*)?$/i.exec(key)?.[1]?.toLowerCase()
  return host !== undefined && isBitbucketHost(host) ? host : undefined
}

/** The keys that another pattern names when its wildcards stand for the same. */
export function keysOf(pattern: KeyPattern, captures: Captures): readonly string[] {
  let next = 0
  return pattern
    .split('/')
    .flatMap((part) => (part === '*' || part === '**' || part === '{host}' ? (captures[next++] ?? []) : [part]))
}
