import { decodeUtf8 } from '../formats/byte-text.ts'
import type { Field, StoredText } from '../formats/field.ts'
import type { Document } from '../model/consumer.ts'
import { groupedBy } from '../model/grouped-by.ts'
import type { VariableName } from '../model/variable-flow.ts'
import type { FieldDocument } from './document-fields.ts'
import { type DocumentReader, type Found, foundAt, type Reading, type Whom, whomOf } from './field-detector.ts'
import { entriesOf, type KubernetesObject, kubernetesObjects, type SecretEntry } from './kubernetes-objects.ts'

/** What one entry of a Secret is for. */
export interface SecretUse extends Reading {
  readonly whom: Whom
  /** The entry that holds it. */
  readonly secret: string
  /** The entry that holds its username, or the username itself where another object says it. */
  readonly username?: string | StoredText
}

/** A Secret that itself says what it is for. */
export function inSecrets(usesOf: (secret: KubernetesObject) => readonly SecretUse[]): DocumentReader {
  return (each, { seal }) =>
    kubernetesObjects(each)
      .filter(({ kind }) => kind === 'Secret')
      .flatMap((secret) => usesIn(secret, usesOf(secret), seal))
}

/** A use that another object of the same document makes of a Secret. */
export interface ReferredUse extends SecretUse {
  /** The name of the Secret. */
  readonly of: string
  /** The object that names it: it means the Secret of its own namespace. */
  readonly by: KubernetesObject
}

export function inReferredSecrets(
  usesOf: (objects: readonly KubernetesObject[]) => readonly ReferredUse[],
): DocumentReader {
  return (each, { seal }) => {
    return usesOf(kubernetesObjects(each)).flatMap((use) => {
      const secret = secretNamed(use.of, use.by.namespace, each)
      return secret === undefined ? [] : usesIn(secret, [use], seal)
    })
  }
}

/** By name, and then by namespace. */
type Secrets = ReadonlyMap<string, ReadonlyMap<string, KubernetesObject>>

const SECRETS = new WeakMap<FieldDocument, Secrets>()

/** A stream may hold very many. */
function secretsIn(document: FieldDocument): Secrets {
  const known = SECRETS.get(document)
  if (known !== undefined) return known
  const secrets = kubernetesObjects(document).filter(({ kind }) => kind === 'Secret')
  const byName = new Map(
    [...groupedBy(secrets, ({ name }) => name)].map(([name, named]) => [
      name,
      new Map(named.map((secret) => [secret.namespace, secret])),
    ]),
  )
  SECRETS.set(document, byName)
  return byName
}

/** One Secret of a name in each namespace is another one; where either side names no namespace, the only one of the name is meant. */
export function secretNamed(name: string, namespace: string, document: FieldDocument): KubernetesObject | undefined {
  const named = secretsIn(document).get(name)
  const own = named?.get(namespace)
  if (named === undefined || own !== undefined) return own
  if (namespace !== '') return named.get('')
  const [only, ...others] = named.values()
  return others.length === 0 ? only : undefined
}

/** How an entry of a Secret is called where it is set: with its namespace only where the document has others of its name. */
export function entryName({ name, namespace }: KubernetesObject, key: string, document: FieldDocument): VariableName {
  const isOfSeveral = (secretsIn(document).get(name)?.size ?? 0) > 1
  return `Secret/${isOfSeveral ? `${namespace}:` : ''}${name}/${key}`
}

/** What an entry that an object of that namespace reads may be called where it is set. */
export function namesOfEntry(name: string, namespace: string, key: string): readonly VariableName[] {
  return [`Secret/${name}/${key}`, `Secret/${namespace}:${name}/${key}`]
}

function usesIn(secret: KubernetesObject, uses: readonly SecretUse[], seal: Document['seal']): readonly Found[] {
  const entries = entriesOf(secret)
  return uses.flatMap((use) => {
    const entry = entries.find(({ key }) => key === use.secret)
    const keys = [`Secret/${secret.name}`, use.secret]
    return entry === undefined
      ? []
      : foundAt(use, { keys, value: entry.value }, usernameOf(use, entries), use.whom, seal)
  })
}

function usernameOf({ username }: SecretUse, entries: readonly SecretEntry[]): StoredText | undefined {
  if (typeof username !== 'string') return username
  return entries.find(({ key }) => key === username)?.value
}

export function objectsOfKind(
  objects: readonly KubernetesObject[],
  group: RegExp,
  ...kinds: readonly string[]
): readonly KubernetesObject[] {
  return objects.filter((object) => kinds.includes(object.kind) && group.test(object.group))
}

/** Whom the URL in a field is for. */
export function whomIn(field: Field | undefined): Whom | undefined {
  return field === undefined ? undefined : whomOf(decodeUtf8(field.value.text))
}
