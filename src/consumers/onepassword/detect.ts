import type { Field } from '../../formats/field.ts'
import type { FieldDocument } from '../document-fields.ts'
import { type DocumentReader, type Found, foundAt, whomOf } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'

/** What `op item get --format json` prints: `fields` with `id`, `label` and `value`, and the addresses in `urls`. */
export const inItems: DocumentReader = (each, { seal }) =>
  each.fields.flatMap((field): readonly Found[] => {
    const [list, index = '', name] = field.keys.slice(-3)
    if (list !== 'fields' || name !== 'value' || labelOf(each, field, index) !== 'secret') return []
    const item = field.keys.slice(0, -3)
    const whom = each.fields
      .filter(({ keys }) => keys.length === item.length + 3 && keys.at(-1) === 'href' && keys.at(-3) === 'urls')
      .flatMap(({ value }) => whomOf(value.text) ?? [])[0]
    if (whom === undefined) return []
    const user = [0, 1, 2, 3, 4, 5]
      .map((other) => indexOf(each).fieldAt([...item, 'fields', String(other), 'value'], field))
      .find((other, at) => other !== undefined && labelOf(each, other, String(at)) === 'user')
    return foundAt({ operations: ['git-fetch', 'rest'] }, field, user?.value, whom, seal)
  })

function labelOf(each: FieldDocument, field: Field, index: string): 'secret' | 'user' | undefined {
  const around = [...field.keys.slice(0, -2), index]
  const texts = ['id', 'label', 'purpose'].map(
    (name) => indexOf(each).fieldAt([...around, name], field)?.value.text ?? '',
  )
  if (texts.some((text) => /^(?:password|credential|token|app[ _-]?password|api[ _-]?token)$/i.test(text)))
    return 'secret'
  return texts.some((text) => /^(?:username|email|user)$/i.test(text)) ? 'user' : undefined
}
