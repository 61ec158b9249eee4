import { decodeUtf8 } from '../formats/byte-text.ts'
import type { Field, StoredText } from '../formats/field.ts'
import type { FieldDocument } from './document-fields.ts'
import { indexOf } from './field-index.ts'
import { tailOf } from './variables.ts'

/** An object of Kubernetes: a document of a stream, an item of a `List`, a resource of Terraform, a generator of Kustomize. */
export interface KubernetesObject {
  readonly kind: string
  /** `argoproj.io` of `argoproj.io/v1alpha1`; empty for the core. */
  readonly group: string
  readonly name: string
  /** Empty where the document leaves it to whoever applies it. */
  readonly namespace: string
  readonly at: (...keys: readonly string[]) => Field | undefined
  /** The text of that field, or nothing. */
  readonly textAt: (...keys: readonly string[]) => string
  /** Fields directly below, in the order in which they stand. */
  readonly below: (...keys: readonly string[]) => readonly Field[]
}

const OBJECTS = new WeakMap<FieldDocument, readonly KubernetesObject[]>()

export function kubernetesObjects(document: FieldDocument): readonly KubernetesObject[] {
  const known = OBJECTS.get(document)
  if (known !== undefined) return known
  const objects = document.fields.flatMap((field) => objectAt(field, document) ?? [])
  OBJECTS.set(document, objects)
  return objects
}

/** The field that is there once in every object of its sort. */
function objectAt(field: Field, document: FieldDocument): KubernetesObject | undefined {
  const { keys } = field
  const last = keys.at(-1)
  if (last === 'kind') {
    const version = indexOf(document).fieldAt([...keys.slice(0, -1), 'apiVersion'], field)
    if (version === undefined) return undefined
    const group = /^(.+)\//.exec(version.value.text)?.[1] ?? ''
    return objectOf(document, field, keys.slice(0, -1), { kind: field.value.text, group, name: ['metadata', 'name'] })
  }
  if (last !== 'name') return undefined
  const secret = { kind: 'Secret', group: '' }
  if (keys.length === 5 && keys.at(-2) === 'metadata' && /^kubernetes_secret(_v1)?$/.test(keys[1] ?? ''))
    return objectOf(document, field, keys.slice(0, 3), { ...secret, name: ['metadata', 'name'] })
  if (keys.length === 3 && keys[0] === 'secretGenerator')
    return objectOf(document, field, keys.slice(0, 2), { ...secret, name: ['name'] })
  return undefined
}

interface Identity {
  readonly kind: string
  readonly group: string
  readonly name: readonly string[]
}

function objectOf(
  document: FieldDocument,
  near: Field,
  base: readonly string[],
  { kind, group, name }: Identity,
): KubernetesObject {
  const index = indexOf(document)
  const at = (...keys: readonly string[]): Field | undefined => index.fieldAt([...base, ...keys], near)
  const textAt = (...keys: readonly string[]): string => decodeUtf8(at(...keys)?.value.text ?? '')
  return {
    kind,
    group,
    name: textAt(...name),
    namespace: textAt(...name.slice(0, -1), 'namespace'),
    at,
    textAt,
    below: (...keys) => [...index.siblingsOf([...base, ...keys, ''], near)].sort((a, b) => a.extent[0] - b.extent[0]),
  }
}

/** Namespace of the object that a field stands in. */
export function namespaceAround({ keys, extent }: Field, document: FieldDocument): string {
  const { fieldAt } = indexOf(document)
  for (let depth = keys.length - 1; depth >= 0; depth--) {
    const object = keys.slice(0, depth)
    if (fieldAt([...object, 'apiVersion'], { extent }) === undefined) continue
    return decodeUtf8(fieldAt([...object, 'metadata', 'namespace'], { extent })?.value.text ?? '')
  }
  return ''
}

/** One entry of a Secret, base64 taken off. */
export interface SecretEntry {
  readonly key: string
  readonly value: StoredText
}

/** `data`, `stringData`, and `literals` of Kustomize. */
export function entriesOf(secret: KubernetesObject): readonly SecretEntry[] {
  const entries = [...secret.below('stringData'), ...secret.below('data')]
  return [
    ...entries.map(({ keys, value }) => ({ key: keys.at(-1) ?? '', value })),
    ...secret.below('literals').flatMap(({ value }) => {
      const sign = value.text.indexOf('=')
      return sign <= 0 ? [] : [{ key: value.text.slice(0, sign), value: tailOf(value, sign + 1) }]
    }),
  ]
}

/** The text of one entry, or nothing. */
export function entryText(secret: KubernetesObject, key: string): string {
  return decodeUtf8(entriesOf(secret).find((entry) => entry.key === key)?.value.text ?? '')
}

export function labelOf(object: KubernetesObject, name: string): string {
  return object.textAt('metadata', 'labels', name) || object.textAt('options', 'labels', name)
}
