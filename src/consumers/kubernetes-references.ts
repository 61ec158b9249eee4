import { decodeUtf8 } from '../formats/byte-text.ts'
import type { Field, StoredText } from '../formats/field.ts'
import type { FieldDocument } from './document-fields.ts'
import { type DocumentReader, type Found, foundAt, type Reading, type Whom, whomOf } from './field-detector.ts'
import { indexOf } from './field-index.ts'
import { type KeyPattern, keysOf, matchKeys } from './key-pattern.ts'
import { entriesOf, namespaceAround } from './kubernetes-objects.ts'
import { secretNamed } from './kubernetes-secrets.ts'

/** Objects that refer to one entry of a Secret of the same document: `appPasswordRef: {secretName, key}`. */
export interface EntryReferences extends Reading {
  /** Where the reference stands. */
  readonly secret: KeyPattern
  /** The username itself, or a reference to it. */
  readonly username?: { readonly text: KeyPattern } | { readonly reference: KeyPattern }
  /** What the reference calls the Secret. */
  readonly name: string
  /** What it calls the entry. */
  readonly key?: string
  /** The entry when it names none. */
  readonly otherwise?: string
  /** The field that holds a URL. Absent: it is Bitbucket by the pattern. */
  readonly host?: KeyPattern
}

export function inReferences(rules: readonly EntryReferences[]): DocumentReader {
  return (each, { seal }) =>
    rules.flatMap((rule) => each.fields.flatMap((field) => inReference(rule, field, each, seal)))
}

type Seal = Parameters<typeof foundAt>[4]

function inReference(rule: EntryReferences, field: Field, each: FieldDocument, seal: Seal): readonly Found[] {
  const captures = matchKeys(`${rule.secret}/${rule.name}`, field.keys)
  if (captures === undefined) return []
  const at = (pattern: KeyPattern): Field | undefined => indexOf(each).fieldAt(keysOf(pattern, captures), field)
  const whom = whomFor(rule, at)
  const from: Standpoint = { at, namespace: namespaceAround(field, each), each }
  const secret = referred(rule, rule.secret, from)
  if (whom === undefined || secret === undefined) return []
  return foundAt(rule, secret, usernameFor(rule, from), whom, seal)
}

type At = (pattern: KeyPattern) => Field | undefined

/** Of the object that refers to the Secret. */
interface Standpoint {
  readonly at: At
  readonly namespace: string
  readonly each: FieldDocument
}

function whomFor({ host, operations }: EntryReferences, at: At): Whom | undefined {
  if (host !== undefined) return whomOf(decodeUtf8(at(host)?.value.text ?? ''))
  return { host: operations[0] === 'rest' ? 'api.bitbucket.org' : 'bitbucket.org' }
}

function referred(
  { name, key = 'key', otherwise }: EntryReferences,
  pattern: KeyPattern,
  { at, namespace, each }: Standpoint,
): { readonly keys: readonly string[]; readonly value: StoredText } | undefined {
  const secretName = at(`${pattern}/${name}`)?.value.text
  const entry = at(`${pattern}/${key}`)?.value.text ?? otherwise
  const secret = secretNamed(secretName ?? '', namespace, each)
  if (secret === undefined || entry === undefined) return undefined
  const value = entriesOf(secret).find((one) => one.key === entry)?.value
  return value === undefined ? undefined : { keys: [`Secret/${secret.name}`, entry], value }
}

function usernameFor(rule: EntryReferences, from: Standpoint): StoredText | undefined {
  const { username } = rule
  if (username === undefined) return undefined
  if ('text' in username) return from.at(username.text)?.value
  return referred(rule, username.reference, from)?.value
}
