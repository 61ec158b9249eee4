import type { Field } from '../formats/field.ts'
import type { DerivedVariable, SpreadVariables } from '../model/variable-flow.ts'
import { addressIn } from './bitbucket-address.ts'
import type { FieldDocument } from './document-fields.ts'
import { type FieldIndex, indexOf } from './field-index.ts'
import { namespaceAround } from './kubernetes-objects.ts'
import { namesOfEntry } from './kubernetes-secrets.ts'
import type { SpotUse } from './variable-flow.ts'

/** `env: [{name, valueFrom: {secretKeyRef: {name, key}}}]` of a container: a variable with the value of an entry of a Secret. */
export function secretVariables(document: FieldDocument): readonly DerivedVariable[] {
  if (!/secretKeyRef/.test(document.text)) return []
  const index = indexOf(document)
  return document.fields.flatMap((field) => {
    const { keys, extent } = field
    if (keys.at(-1) !== 'key' || keys.at(-2) !== 'secretKeyRef') return []
    const secret = index.fieldAt([...keys.slice(0, -1), 'name'], field)
    const variable = index.fieldAt([...keys.slice(0, -3), 'name'], field)
    if (secret === undefined || variable === undefined) return []
    const from = namesOfEntry(secret.value.text, namespaceAround(field, document), field.value.text)
    return [{ name: variable.value.text, at: extent[0], keys: keys.slice(0, -4), from }]
  })
}

/** `envFrom: [{secretRef: {name}}]`: every entry is a variable of that container. */
export function spreadSecrets(document: FieldDocument): readonly SpreadVariables[] {
  if (!/envFrom/.test(document.text)) return []
  return document.fields
    .filter(({ keys }) => keys.at(-1) === 'name' && keys.at(-2) === 'secretRef' && keys.at(-4) === 'envFrom')
    .flatMap((field) => {
      const { keys, value, extent } = field
      const prefixes = namesOfEntry(value.text, namespaceAround(field, document), '')
      return prefixes.map((prefix) => ({ prefix, at: extent[0], keys: keys.slice(0, -3) }))
    })
}

const ENTRIES = ['password', 'token', 'bearerToken']

/** An object that names a Secret beside a URL of Bitbucket: `secretRef: {name}` of Flux and its kind. */
export function secretReads(document: FieldDocument): readonly SpotUse[] {
  if (!/secretRef|secretName/.test(document.text)) return []
  const index = indexOf(document)
  return document.fields.flatMap((field) => secretUse(field, document, index) ?? [])
}

/** Flux posts statuses to the repository of that address over REST, and clones nothing (notification-controller, bitbucket.go). */
function notifies(parent: readonly string[], beside: readonly Field[], near: Field, index: FieldIndex): boolean {
  const version = index.fieldAt([...parent, 'apiVersion'], near)?.value.text ?? ''
  const isProvider = beside.some(({ keys, value }) => keys.at(-1) === 'type' && value.text === 'bitbucket')
  return isProvider || version.startsWith('notification.toolkit.fluxcd.io/')
}

function secretUse(field: Field, document: FieldDocument, index: FieldIndex): SpotUse | undefined {
  const { keys, value, extent } = field
  const isReference = keys.at(-1) === 'name' && keys.at(-2) === 'secretRef' && keys.at(-4) !== 'envFrom'
  if (!isReference && keys.at(-1) !== 'secretName') return undefined
  const beside = index.siblingsOf(isReference ? keys.slice(0, -1) : keys, field)
  const address = beside.map((each) => addressIn(each.value.text)).find((each) => each !== undefined)
  if (address === undefined) return undefined
  const { side, ...owner } = address
  const isNotifier = isReference && notifies(keys.slice(0, -3), beside, field, index)
  const namespace = namespaceAround(field, document)
  const names = ENTRIES.flatMap((entry) => namesOfEntry(value.text, namespace, entry))
  return {
    names,
    at: extent[0],
    keys,
    uses: [{ operation: isNotifier ? 'rest' : side === 'git' ? 'git-fetch' : side, ...owner }],
  }
}
