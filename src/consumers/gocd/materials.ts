import type { Document } from '../../model/consumer.ts'
import type { FieldDocument } from '../document-fields.ts'
import { type Found, foundAt, whomOf } from '../field-detector.ts'
import { recordOf } from '../record-fields.ts'
import { inUrlField } from '../url-fields.ts'

const OPERATIONS = ['git-fetch'] as const

/** `<git url username password>`, and the URL with the login inside. `encryptedPassword` is for the server alone. */
export function inMaterials(each: FieldDocument, document: Document): readonly Found[] {
  return each.fields.flatMap((field, at) => {
    const { keys } = field
    if (keys.at(-2) !== 'git') return isMaterial(keys) ? inUrlField(field, OPERATIONS, document) : []
    if (keys.at(-1) === '@url') return inUrlField(field, OPERATIONS, document)
    if (keys.at(-1) !== '@password') return []
    const record = recordOf(each.fields, at)
    const whom = whomOf(record.get('@url')?.value.text ?? '')
    return whom === undefined
      ? []
      : foundAt({ operations: OPERATIONS }, field, record.get('@username')?.value, whom, document.seal)
  })
}

function isMaterial(keys: readonly string[]): boolean {
  return keys.at(-3) === 'materials' && /^(?:git|url)$/.test(keys.at(-1) ?? '')
}
