import { decodeUtf8 } from '../formats/byte-text.ts'
import type { Field, StoredText } from '../formats/field.ts'
import type { Document } from '../model/consumer.ts'
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
}

export function inReferredSecrets(
  usesOf: (objects: readonly KubernetesObject[]) => readonly ReferredUse[],
): DocumentReader {
  return (each, { seal }) => {
    const secrets = secretsByName(each)
    return usesOf(kubernetesObjects(each)).flatMap((use) => {
      const secret = secrets.get(use.of)
      return secret === undefined ? [] : usesIn(secret, [use], seal)
    })
  }
}

const SECRETS = new WeakMap<FieldDocument, ReadonlyMap<string, KubernetesObject>>()

/** A stream may hold very many. */
export function secretsByName(document: FieldDocument): ReadonlyMap<string, KubernetesObject> {
  const known = SECRETS.get(document)
  if (known !== undefined) return known
  const secrets = kubernetesObjects(document).filter(({ kind }) => kind === 'Secret')
  const byName = new Map(secrets.map((secret) => [secret.name, secret]))
  SECRETS.set(document, byName)
  return byName
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
