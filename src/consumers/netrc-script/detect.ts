import { decodedText, type StoredText } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import type { Use } from '../../model/use.ts'
import { fieldsOf } from '../document-fields.ts'
import type { DocumentReader, Found } from '../field-detector.ts'
import { wholeOf } from '../field-place.ts'
import { secretConfidence } from '../secret-text.ts'
import { tailOf } from '../variables.ts'

/** Between two tokens: white space, the `\n` of printf and of string literals, a backslash at the end of a line, quotes of several arguments. */
const BLANK = String.raw`\s|\\+[nt]|\\\r?\n|"\s+"|'\s+'`
/** The end of one command that writes a line, and the beginning of the next: `" >> ~/.netrc && echo "`; `- ` is that of a step. */
const NEXT = String.raw`["']?(?:[ \t]{0,8}>>?[ \t]{0,8}[^\s;&|]{1,200})?[ \t]{0,8}[;&\\\r\n][;&\\\s-]{0,80}(?:RUN\s{1,8})?(?:echo|printf)(?:[ \t]{1,8}-[neE]{1,3})?[ \t]{1,8}["']?`
/** At most one such end, for several of them could be read in more ways than can be tried. */
const GAP = `(?:(?:${BLANK}){1,40}|(?:${BLANK}){0,8}${NEXT}(?:${BLANK}){0,8})`
const VALUE = String.raw`(?:\\?["'])?((?:(?!\\+[nt"'])[^\s"'|>]){1,4096})(?:\\?["'])?`
const MACHINE = new RegExp(
  String.raw`\bmachine${GAP}((?:api\.|www\.)?bitbucket\.org)((?:${GAP}(?:login|password|account)${GAP}${VALUE}){1,3})`,
  'gi',
)
const ENTRY = new RegExp(`(login|password)${GAP}${VALUE}`, 'gi')

/** The text of a netrc inside a command, a here-document or a string literal: `echo "machine bitbucket.org login … password …" > ~/.netrc`. */
export const inWrittenNetrc: DocumentReader = (each, document) => {
  const isWhole = each === fieldsOf(document)
  // Those by their own name, and those inside a document, have a reader; `.netrc.ci` and the like do not.
  if (each.format === 'netrc' && (!isWhole || /(?:^|[\\/])(?:[._]netrc|netrc)$/.test(each.path))) return []
  const whole = isWhole ? [each.whole] : []
  const texts = [...each.fields.map(({ value }) => value), ...whole]
  return texts.flatMap((text) => [text, ...encodedIn(text)]).flatMap((text) => inText(text, document))
}

const BASE64 = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,}(?:\r?\n[A-Za-z0-9+/]{1,200}){0,200}={0,2}/g
/** Nobody's netrc is longer. */
const LONGEST = 20_000

/** `echo … | base64 -d > ~/.netrc`: the text of a netrc in base64, also over several lines. */
function encodedIn(text: StoredText): readonly StoredText[] {
  return [...text.text.matchAll(BASE64)]
    .filter(({ 0: run }) => run.length < LONGEST)
    .map(({ 0: run, index }) => decodedText(tailOf(text, index, index + run.length)))
    .filter((decoded) => decoded.text.includes('bitbucket.org'))
}

function inText(text: StoredText, { seal }: Document): readonly Found[] {
  return [...text.text.matchAll(MACHINE)].flatMap(({ index, 0: match, 1: name = '', 2: entries = '' }) => {
    const values = valuesOf(tailOf(text, index + match.length - entries.length, index + match.length))
    const [login, password] = [values.get('login'), values.get('password')]
    if (password === undefined) return []
    const where = { level: 'certain', reason: 'an entry of a netrc' } as const
    const confidence = secretConfidence(password.text, seal, where)
    if (confidence === undefined) return []
    const host = name.toLowerCase()
    const pieces = { secret: wholeOf(password), ...(login === undefined ? {} : { username: wholeOf(login) }) }
    return [{ keys: [`machine/${host}`], host, pieces, confidence, uses: usesOf(host) }]
  })
}

function valuesOf(entries: StoredText): ReadonlyMap<string, StoredText> {
  return new Map(
    [...entries.text.matchAll(ENTRY)].map(({ index, 0: match, 1: field = '', 2: value = '' }) => {
      const from = index + match.lastIndexOf(value)
      return [field.toLowerCase(), tailOf(entries, from, from + value.length)]
    }),
  )
}

/** curl, Go and git read the file that is written. */
function usesOf(host: string): readonly Use[] {
  const by = `netrc machine ${host}`
  if (host.startsWith('api.')) return [{ operation: 'rest', by }]
  return [
    { operation: 'git-fetch', by },
    { operation: 'git-push', by },
  ]
}
