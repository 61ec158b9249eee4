import { decodeBasicPair } from '../../formats/base64-pair.ts'
import { type DocumentReader, foundAt } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { tailOf } from '../variables.ts'

/** `GIT_AUTH_HEADER`: what stands behind `Authorization:`, the scheme included. */
export const inHeaders: DocumentReader = (each, { seal }) => {
  const named = indexOf(each)
  const own = named.variablesNamed('GIT_AUTH_HEADER.bitbucket.org')
  const any = each.text.includes('bitbucket.org') ? named.variablesNamed('GIT_AUTH_HEADER') : []
  return [...own, ...any].flatMap(({ keys, value }) => {
    const [head, scheme = ''] = /^(basic|bearer)[ \t]+(?=\S)/i.exec(value.text) ?? []
    if (head === undefined) return []
    const credential = tailOf(value, head.length)
    const isBasic = scheme.toLowerCase() === 'basic'
    if (isBasic && decodeBasicPair(credential.text) === undefined) return []
    const form = isBasic ? 'base64-pair' : 'secret'
    const reading = { form, operations: ['git-fetch'] } as const
    return foundAt(reading, { keys, value: credential }, undefined, { host: 'bitbucket.org' }, seal)
  })
}
