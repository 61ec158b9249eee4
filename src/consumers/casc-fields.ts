import type { FieldDocument } from './document-fields.ts'

const LOWERED = new WeakMap<FieldDocument, FieldDocument>()

/**
 * The same fields in the same order, their keys in lower case: configuration as code takes keys in upper and lower case alike
 * (configuration-as-code-plugin, `BaseConfigurator.removeIgnoreCase`).
 */
export function withLowerKeys(document: FieldDocument): FieldDocument {
  const known = LOWERED.get(document)
  if (known !== undefined) return known
  const fields = document.fields.map((field) => ({ ...field, keys: field.keys.map((key) => key.toLowerCase()) }))
  const lowered = { ...document, fields }
  LOWERED.set(document, lowered)
  return lowered
}
