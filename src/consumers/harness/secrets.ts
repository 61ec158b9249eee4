import type { Field } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import type { FieldDocument } from '../document-fields.ts'
import { type Found, foundAt } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { isOfOthers, namesBitbucket, nameWords } from '../name-words.ts'

const WHOM = { host: 'api.bitbucket.org' } as const

/** A secret is Bitbucket's if its name says so, or if a connector of type Bitbucket in the same file refers to it. */
export function inSecretsOfConnectors(each: FieldDocument, { seal }: Document): readonly Found[] {
  const connectors = connectorsIn(each)
  return each.fields.flatMap((field) => {
    const names = namesOf(field, each)
    if (names.length === 0) return []
    const connector = connectors.find(({ refersTo }) => names.some((name) => refersTo.has(name)))
    const isNamed = names.some((name) => namesBitbucket(name) === 'certain' && !isOfOthers(nameWords(name)))
    if (connector === undefined && !isNamed) return []
    const username = (connector ?? (connectors.length === 1 ? connectors[0] : undefined))?.username
    return foundAt({ operations: ['rest', 'git-fetch'] }, field, username?.value, WHOM, seal)
  })
}

/** What the secret that `field` is the value of is called; none: it is no such value. */
function namesOf(field: Field, each: FieldDocument): readonly string[] {
  const { keys } = field
  const [around, last] = keys.slice(-2)
  const inYaml = around === 'spec' && last === 'value' && keys.at(-3) === 'secret'
  const inTerraform = last === 'value' && /^harness_(?:platform_secret_text|encrypted_text)$/.test(keys.at(-3) ?? '')
  if (!inYaml && !inTerraform) return []
  const holder = keys.slice(0, inYaml ? -2 : -1)
  const named = ['identifier', 'name'].map((name) => indexOf(each).fieldAt([...holder, name], field)?.value.text ?? '')
  return [...named, ...(inTerraform ? [`${around ?? ''}`] : [])].filter((name) => name !== '')
}

interface Connector {
  readonly refersTo: ReadonlySet<string>
  readonly username?: Field
}

function connectorsIn(each: FieldDocument): readonly Connector[] {
  return each.fields.flatMap((field, at) => {
    const { keys } = field
    const isYaml = keys.at(-2) === 'connector' && keys.at(-1) === 'type' && /^bitbucket$/i.test(field.value.text)
    const isTerraform = keys.at(-3) === 'harness_platform_connector_bitbucket' && keys.at(-1) === 'identifier'
    if (!isYaml && !isTerraform) return []
    const inside = neighbours(each.fields, at, keys.slice(0, -1))
    const references = inside.filter(({ keys: inner }) => /(?:Ref|_ref)$/.test(inner.at(-1) ?? ''))
    const username = inside.find(({ keys: inner }) => inner.at(-1) === 'username')
    const refersTo = new Set(references.map(({ value }) => value.text.replace(/^(?:account|org)\./, '')))
    return [{ refersTo, ...(username === undefined ? {} : { username }) }]
  })
}

/** Settings of one connector stand together. */
const NEAR = 30

function neighbours(fields: readonly Field[], at: number, prefix: readonly string[]): readonly Field[] {
  return fields
    .slice(Math.max(0, at - NEAR), at + NEAR)
    .filter(({ keys }) => prefix.every((key, index) => keys[index] === key))
}
