import type { Field } from '../formats/field.ts'
import type { Use } from '../model/use.ts'
import { accessOfMethod, addressIn, type BitbucketAddress } from './bitbucket-address.ts'
import type { FieldDocument } from './document-fields.ts'
import type { DocumentFormat } from './document-format.ts'
import { type FieldIndex, indexOf } from './field-index.ts'
import { namesUser } from './name-words.ts'
import { isNameOfItsOwn, spelledLogin } from './spelled-login.ts'
import type { SpotUse } from './variable-flow.ts'
import { referencesIn } from './variable-references.ts'

const STRUCTURED: ReadonlySet<DocumentFormat> = new Set(['json', 'yaml', 'toml', 'xml', 'ini'])
/** Keys of a login, whatever stands in front: `url_password`. */
const LOGIN = /(?:pass(?:word|wd)?|pwd|token|secret|user(?:_?name)?|login|auth|credentials?|e?mail)$/i
const LONGEST = 500
/** An address one level above `auth: {username, password}`. */
const LEVELS = 2

/** A login in a document, its secret a variable, with the address that it is for beside it: `url: …`, `password: ${BB_TOKEN}`. */
export function structuredReads(document: FieldDocument): readonly SpotUse[] {
  if (!STRUCTURED.has(document.format)) return []
  const index = indexOf(document)
  return document.fields.flatMap((field) => loginUse(field, index) ?? [])
}

function loginUse(field: Field, index: FieldIndex): SpotUse | undefined {
  const { keys, value, extent } = field
  const name = keys.at(-1) ?? ''
  if (value.text.length > LONGEST || !LOGIN.test(name)) return undefined
  const names = referencesIn(value.text)
  if (names.length === 0) return undefined
  for (let level = 0; level < LEVELS && level < keys.length; level++) {
    const beside = index.siblingsOf(keys.slice(0, keys.length - level), field)
    const told = beside.map((each) => addressOf(each)).find((each) => each !== undefined)
    if (told === undefined) continue
    const { side, ...owner } = told
    const method = beside.find((each) => each.keys.at(-1) === 'method')?.value.text
    const access = side === 'rest' && method !== undefined ? { access: accessOfMethod(method) } : {}
    const spelled = side === 'git' ? {} : presentedAs(field, index)
    return {
      names,
      at: extent[0],
      keys,
      uses: [{ operation: side === 'git' ? 'git-fetch' : side, ...owner, ...access, ...spelled }],
    }
  }
  return undefined
}

/** With a username beside it, or behind one in the value itself: `auth: alice:${SECRET}`. */
function presentedAs(field: Field, index: FieldIndex): Pick<Use, 'spelled'> {
  const name = index
    .siblingsOf(field.keys, field)
    .find(({ keys, value }) => keys.at(-1) !== field.keys.at(-1) && namesUser(keys.at(-1) ?? '') && value.text !== '')
  if (name !== undefined && isNameOfItsOwn(name.value.text)) return { spelled: 'under a name of its own' }
  const spelled =
    name !== undefined
      ? 'beside a name'
      : spelledLogin(`-u ${field.value.text}\n${field.keys.at(-1)}: ${field.value.text}`)
  return spelled === undefined ? {} : { spelled }
}

function addressOf({ value }: Field): BitbucketAddress | undefined {
  return value.text.length <= LONGEST && /^\S+$/.test(value.text) ? addressIn(value.text) : undefined
}
