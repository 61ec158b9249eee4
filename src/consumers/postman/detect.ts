import type { Field, StoredText } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import { accessOfMethod } from '../bitbucket-address.ts'
import { type FieldDocument, fieldsOf } from '../document-fields.ts'
import { type DocumentReader, type Found, foundAt, type Whom, whomOf } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { hostsIn } from '../nearest-host.ts'
import { tailOf } from '../variables.ts'

/** `auth` of a collection, a folder or a request of Postman; `auth:basic` of a Bruno file. */
export const inCollections: DocumentReader = (each, document) => [
  ...inPostman(each, document),
  ...inBruno(each, document),
]

/** Version 2.1 lists `{key, value}`, version 2.0 has an object (schema.postman.com). */
function inPostman(each: FieldDocument, { seal }: Document): readonly Found[] {
  if (each.format !== 'json' || !/schema\.(?:get)?postman\.com|"_postman_id"|"postman_collection"/.test(each.text))
    return []
  const { fieldAt } = indexOf(each)
  return each.fields.flatMap((field): readonly Found[] => {
    const at = authOf(field, each)
    if (at === undefined) return []
    const { scheme, around, name } = at
    if (!(scheme === 'basic' && name === 'password') && !(scheme === 'bearer' && name === 'token')) return []
    const user = scheme === 'basic' ? partNamed(each, field, around, 'username') : undefined
    const url =
      fieldAt([...around.slice(0, -1), 'url', 'raw'], field) ?? fieldAt([...around.slice(0, -1), 'url'], field)
    const method = fieldAt([...around.slice(0, -1), 'method'], field)?.value.text
    const whom = url === undefined ? nearest(each, field) : asked(whomOf(url.value.text), method)
    if (whom === undefined) return []
    return foundAt(
      { operations: ['rest'] },
      { keys: [...around, scheme, name], value: field.value },
      user?.value,
      whom,
      seal,
    )
  })
}

function asked(whom: Whom | undefined, method: string | undefined): Whom | undefined {
  if (whom === undefined || method === undefined) return whom
  return { ...whom, asked: { ...whom.asked, access: accessOfMethod(method) } }
}

interface Auth {
  /** Keys of `auth`. */
  readonly around: readonly string[]
  readonly scheme: string
  readonly name: string
}

function authOf({ keys }: Field, each: FieldDocument): Auth | undefined {
  const auth = keys.lastIndexOf('auth')
  const [scheme = '', next = '', last] = keys.slice(auth + 1)
  if (auth === -1) return undefined
  const around = keys.slice(0, auth + 1)
  if (last === undefined) return { around, scheme, name: next }
  const named =
    last === 'value' ? indexOf(each).fieldAt([...around, scheme, next, 'key'], { extent: [0, 0] }) : undefined
  return named === undefined ? undefined : { around, scheme, name: named.value.text }
}

function partNamed(each: FieldDocument, near: Field, around: readonly string[], name: string): Field | undefined {
  const { fieldAt } = indexOf(each)
  const listed = [0, 1, 2, 3].find(
    (index) => fieldAt([...around, 'basic', String(index), 'key'], near)?.value.text === name,
  )
  return listed === undefined
    ? fieldAt([...around, 'basic', name], near)
    : fieldAt([...around, 'basic', String(listed), 'value'], near)
}

/** `auth` of a whole collection is for its requests. */
function nearest({ text }: FieldDocument, { extent }: Field): Whom | undefined {
  const host = hostsIn(text.replace(/schema\.(?:get)?postman\.com/g, (name) => '_'.repeat(name.length))).bitbucketNear(
    extent[0],
  )
  return host === undefined ? undefined : { host }
}

const BRUNO = /^auth:(basic|bearer) \{\r?\n([^}]{0,4096})\}/gm
const LINE = /^[ \t]*(username|password|token): (\S+)[ \t]*\r?$/gm

function inBruno(each: FieldDocument, document: Document): readonly Found[] {
  if (each !== fieldsOf(document) || !/\.bru$/.test(each.path)) return []
  const method = /^(get|post|put|patch|delete|head|options) \{/m.exec(each.text)?.[1]
  const whom = asked(whomOf(/^[ \t]*url: (\S+)/m.exec(each.text)?.[1] ?? ''), method)
  if (whom === undefined) return []
  return [...each.text.matchAll(BRUNO)].flatMap(({ index, 0: match, 1: scheme = '', 2: body = '' }) => {
    const lines = linesOf(
      tailOf(each.whole, index + match.indexOf(body, match.indexOf('\n')), index + match.length - 1),
    )
    const value = lines.get(scheme === 'basic' ? 'password' : 'token')
    if (value === undefined) return []
    return foundAt(
      { operations: ['rest'] },
      { keys: ['auth', scheme], value },
      lines.get('username'),
      whom,
      document.seal,
    )
  })
}

function linesOf(body: StoredText): ReadonlyMap<string, StoredText> {
  return new Map(
    [...body.text.matchAll(LINE)].map(({ index, 0: line, 1: name = '', 2: value = '' }) => {
      const from = index + line.indexOf(value, line.indexOf(':'))
      return [name, tailOf(body, from, from + value.length)]
    }),
  )
}
