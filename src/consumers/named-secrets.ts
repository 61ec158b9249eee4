import { decodeBasicPair } from '../formats/base64-pair.ts'
import type { Field } from '../formats/field.ts'
import type { Document } from '../model/consumer.ts'
import type { Operation } from '../model/use.ts'
import type { FieldDocument } from './document-fields.ts'
import { type DocumentReader, type Found, foundAt, type SecretForm, type Whom, whomOf } from './field-detector.ts'
import { indexOf } from './field-index.ts'
import { type KeyPattern, keysOf, matchKeys } from './key-pattern.ts'
import { isOfOthers, namesUser, nameWords, secretNameOf } from './name-words.ts'
import { isIssued } from './secret-text.ts'

/** One entry of a store of secrets: its value, and the field that holds its name. */
export interface StoredSecretRule {
  readonly value: KeyPattern
  readonly name: KeyPattern
}

const OPERATIONS: readonly Operation[] = ['git-fetch', 'rest']
const BITBUCKET: Whom = { host: 'bitbucket.org' }

interface Entry {
  readonly name: string
  readonly field: Field
}

/** Values whose name says that they are of Bitbucket: a token, `user:secret`, base64 of it, or JSON with the two apart. */
export function inStoredSecrets(rules: readonly StoredSecretRule[]): DocumentReader {
  return (each, document) =>
    rules.flatMap((rule) => {
      const entries = each.fields.flatMap((field) => entryOf(rule, field, each) ?? [])
      const users = new Map(
        entries.filter(({ name }) => namesUser(name)).map((entry) => [stemOf(entry.name), entry.field]),
      )
      return entries.flatMap((entry) => inEntry(entry, users.get(stemOf(entry.name)), each, document))
    })
}

function entryOf({ value, name }: StoredSecretRule, field: Field, each: FieldDocument): Entry | undefined {
  const captures = matchKeys(value, field.keys)
  const named = captures === undefined ? undefined : indexOf(each).fieldAt(keysOf(name, captures), field)
  return named === undefined ? undefined : { name: named.value.text, field }
}

const ROLES: ReadonlySet<string> = new Set(
  'USERNAME USER EMAIL LOGIN ACCOUNT APP API ACCESS PASSWORD PASSWD PASS PWD TOKEN PAT SECRET AUTH'.split(' '),
)

/** `/ci/bitbucket/username` and `/ci/bitbucket/app_password` belong together. */
function stemOf(name: string): string {
  const words = [...nameWords(name)]
  while (ROLES.has(words.at(-1) ?? '')) words.pop()
  return words.join('_')
}

function inEntry(
  { name, field }: Entry,
  user: Field | undefined,
  each: FieldDocument,
  document: Document,
): readonly Found[] {
  const words = nameWords(name)
  // Written in one, as the prefilter looks for it: a file with `BIT[BUCKET` alone is not opened in the first place.
  if (!/bitbucket/i.test(name) || isOfOthers(words) || namesUser(name)) return []
  const nested = each.nested.filter(({ keys }) => keys.join('\0') === field.keys.join('\0'))
  if (/^\s*[[{]/.test(field.value.text))
    return nested
      .flatMap((inner) => inLogin(inner, document))
      .map((found) => ({ ...found, keys: [...field.keys, ...found.keys] }))
  return inText(field, name, user, document)
}

function inText({ keys, value }: Field, name: string, user: Field | undefined, { seal }: Document): readonly Found[] {
  const form = formOf(value.text)
  // A name that does not say secret needs a value that does.
  if (form === 'secret' && secretNameOf(name) !== 'strong' && !isIssued(value.text, seal)) return []
  return foundAt(
    { form, operations: OPERATIONS, isGuess: true },
    { keys: [...keys, name], value },
    user?.value,
    BITBUCKET,
    seal,
  )
}

function formOf(text: string): SecretForm {
  if (/^[A-Za-z0-9+/]{24,}={0,2}$/.test(text) && !/^AT(?:BB|ATT|CTT)/.test(text) && decodeBasicPair(text) !== undefined)
    return 'base64-pair'
  return /^[^\s:/]{1,200}:[^\s/]+$/.test(text) ? 'pair' : 'secret'
}

/** `{"username": …, "password": …}`; an address of somebody else in it settles that it is not Bitbucket's. */
export function inLogin(each: FieldDocument, { seal }: Document): readonly Found[] {
  const named = (names: RegExp): Field | undefined => each.fields.find(({ keys }) => names.test(keys.at(-1) ?? ''))
  const secret = named(/^(?:password|app_?password|api_?token|token|secret|bitbucket_(?:app_)?(?:password|token))$/i)
  const address = named(/^(?:url|host|uri|server|hostname|repo)$/i)
  const whom = address === undefined ? BITBUCKET : whomOf(address.value.text)
  if (secret === undefined || whom === undefined) return []
  const user = each.fields.find(({ keys }) => namesUser(keys.at(-1) ?? ''))
  return foundAt({ operations: OPERATIONS, isGuess: address === undefined }, secret, user?.value, whom, seal)
}
