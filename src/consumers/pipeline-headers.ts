import { decodeBasicPair } from '../formats/base64-pair.ts'
import type { Document } from '../model/consumer.ts'
import type { Operation } from '../model/use.ts'
import type { FieldDocument } from './document-fields.ts'
import { type Found, foundAt, type SecretForm } from './field-detector.ts'
import { tailOf } from './variables.ts'

const HEADER = /\bAuthorization["']?[ \t]*[:=][ \t]*["']?(Basic|Bearer)[ \t]+([A-Za-z0-9+/_=-]{20,4096})/gi
/** One command, or the settings of one step. */
const AROUND = 400

/** `Authorization: Basic …` of a command that asks Bitbucket, and of `http.extraHeader`. */
export function inHeaders(each: FieldDocument, { seal }: Document): readonly Found[] {
  return each.fields.flatMap(({ keys, value }) =>
    [...value.text.matchAll(HEADER)].flatMap(({ 0: whole, 1: scheme = '', 2: credential = '', index }) => {
      const end = index + whole.length
      const around = value.text.slice(Math.max(0, index - AROUND), end + AROUND)
      const host = /(?<![\w-])((?:api\.)?bitbucket\.org)(?![\w-])/.exec(around)?.[1]
      const isBasic = scheme.toLowerCase() === 'basic'
      if (host === undefined || (isBasic && decodeBasicPair(credential) === undefined)) return []
      const form: SecretForm = isBasic ? 'base64-pair' : 'secret'
      const operations: readonly Operation[] = host === 'api.bitbucket.org' ? ['rest'] : ['git-fetch']
      return foundAt(
        { form, operations },
        { keys, value: tailOf(value, end - credential.length, end) },
        undefined,
        { host },
        seal,
      )
    }),
  )
}
