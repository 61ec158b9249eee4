import type { StoredText } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import { fieldsOf } from '../document-fields.ts'
import { type DocumentReader, type Found, foundAt, pairPieces } from '../field-detector.ts'
import { hostsIn } from '../nearest-host.ts'
import { tailOf } from '../variables.ts'

/** A long option with or without dashes, or `-u`; then `=`, `:` or blanks; the value in double quotes or not (curl.se/docs/manpage.html, --config). */
const USER = /^[ \t]*(?:-{0,2}user[ \t]*[ \t=:][ \t]*|-u[ \t]*)("?)([^\s":]{1,200}:[^\s"]{6,4096})\1[ \t]*\r?$/gm
/** wget has the two apart. */
const PART = /^[ \t]*(?:http_)?(user|password)[ \t]*=[ \t]*("?)([^\s"]{1,4096})\2[ \t]*\r?$/gm

/** The file may be for several hosts; the nearest one that it names, in a comment too, is the one. */
export const inCurlConfig: DocumentReader = (each, document) => {
  if (each !== fieldsOf(document)) return []
  return [...pairsIn(each.whole, document), ...partsIn(each.whole, document)]
}

function pairsIn(text: StoredText, { seal }: Document): readonly Found[] {
  const hosts = hostsIn(text.text)
  return [...text.text.matchAll(USER)].flatMap(({ index, 0: match, 1: quote = '', 2: pair = '' }) => {
    const from = index + match.lastIndexOf(pair + quote)
    const host = hosts.bitbucketNear(from)
    const value = tailOf(text, from, from + pair.length)
    if (host === undefined || pairPieces(value) === undefined) return []
    return foundAt(
      { form: 'pair', operations: operationsOf(host) },
      { keys: ['user'], value },
      undefined,
      { host },
      seal,
    )
  })
}

function partsIn(text: StoredText, { seal }: Document): readonly Found[] {
  const parts = new Map<string, StoredText>()
  for (const { index, 0: match, 1: name = '', 2: quote = '', 3: value = '' } of text.text.matchAll(PART)) {
    const from = index + match.lastIndexOf(value + quote)
    parts.set(name, tailOf(text, from, from + value.length))
  }
  const [user, password] = [parts.get('user'), parts.get('password')]
  const host = hostsIn(text.text).bitbucketNear(password?.spanOf(0, 0)[0] ?? 0)
  if (user === undefined || password === undefined || host === undefined) return []
  return foundAt({ operations: operationsOf(host) }, { keys: ['password'], value: password }, user, { host }, seal)
}

function operationsOf(host: string): readonly ['rest' | 'web'] {
  return [host === 'api.bitbucket.org' ? 'rest' : 'web']
}
