import type { Field } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import type { FieldDocument } from '../document-fields.ts'
import { type Found, foundAt, whomOf } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { namesBitbucket, namesBitbucketIn, secretNameOf } from '../name-words.ts'

/** The Kotlin DSL: VCS roots, features that ask REST, and parameters (TeamCity, Kotlin DSL reference). */
export function inKotlin(each: FieldDocument, document: Document): readonly Found[] {
  if (each.format !== 'kotlin') return []
  return each.fields.flatMap((field, at) => {
    const last = field.keys.at(-1)
    if (last === '1' || namesBitbucket(last ?? '') !== undefined) return ofParameter(field, at, each, document)
    if (last !== 'password' && last !== 'token') return []
    const root = field.keys.lastIndexOf('authMethod')
    return root === -1 ? ofFeature(field, each, document) : ofRoot(field, root, each, document)
  })
}

function ofRoot(field: Field, root: number, each: FieldDocument, { seal }: Document): readonly Found[] {
  const url = indexOf(each).fieldAt([...field.keys.slice(0, root), 'url'], field)
  const whom = whomOf(url?.value.text ?? '')
  return whom === undefined ? [] : foundAt({ operations: ['git-fetch'] }, field, userOf(field, each), whom, seal)
}

/** What the block around it is for, is the last word in front that says so. */
const PROVIDER = /\b(?:publisher|provider)\s*=\s*(\w+)/g
const BEFORE = 400

function ofFeature(field: Field, each: FieldDocument, { seal }: Document): readonly Found[] {
  const [start] = field.extent
  const told = [...each.text.slice(Math.max(0, start - BEFORE), start).matchAll(PROVIDER)].at(-1)?.[1]
  if (told !== 'bitbucketCloud') return []
  return foundAt({ operations: ['rest'] }, field, userOf(field, each), { host: 'api.bitbucket.org' }, seal)
}

function userOf(field: Field, each: FieldDocument): Field['value'] | undefined {
  const beside = indexOf(each).siblingsOf(field.keys, field)
  return beside.find(({ keys }) => /^user_?name$/i.test(keys.at(-1) ?? ''))?.value
}

/** `password("env.BITBUCKET_TOKEN", "…")`, `param("env.BITBUCKET_USER", "…")`. */
function ofParameter(field: Field, at: number, each: FieldDocument, { seal }: Document): readonly Found[] {
  const call = field.keys.at(-2) ?? ''
  if (!/^(?:password|param|text)\(\)$/.test(call)) return []
  const last = field.keys.at(-1) ?? ''
  const name = last === '1' ? (each.fields[at - 1]?.value.text ?? '') : last
  if (!namesBitbucketIn(name, each.text) || secretNameOf(name) !== 'strong') return []
  return foundAt({ operations: ['git-fetch'] }, { ...field, keys: [name] }, undefined, { host: 'bitbucket.org' }, seal)
}
