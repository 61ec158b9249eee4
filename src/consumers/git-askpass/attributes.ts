import type { StoredText } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import type { Operation } from '../../model/use.ts'
import { type FieldDocument, fieldsOf } from '../document-fields.ts'
import type { DocumentFormat } from '../document-format.ts'
import { type Found, foundAt, type Whom, whomOf } from '../field-detector.ts'
import { hostsIn, type NearestHost } from '../nearest-host.ts'
import { tailOf } from '../variables.ts'

/**
 * The lines of git's credential protocol (gitcredentials, git-credential): `username=` and `password=`, written by a helper, or handed to
 * `git credential approve` with `host=`. They stand in scripts, in `credential.helper` of git config, and in programs.
 */
export function inAttributes(each: FieldDocument, document: Document): readonly Found[] {
  if (!/password=/.test(each.text)) return []
  const hosts = hostsIn(each.text)
  const values = each.fields.map(({ value }) => value).filter(({ text }) => text.includes('password='))
  // `password="…"` of an element is its attribute, and stands there escaped.
  const texts = each === fieldsOf(document) && each.format !== 'xml' ? [...values, each.whole] : values
  return texts.flatMap((text) => inText(text, each, hosts, document))
}

/** A value ends where its line does: at a line end, also one that is written `\n`, at a quote, or at the end of the command. */
const PASSWORD = /(?:(?<![\w.-])|(?<=\\[nr]))password=(?:(["'])|)([^\s"'\\;,|&<>`)]{6,4096})/g
/** `printf 'username=%s\npassword=%s\n' alice secret` */
const FORMATTED =
  /printf[ \t]+(["'])[^"'\n]{0,200}username=%s\\npassword=%s(?:\\n)?\1[ \t\\\r\n]+(["']?)([^\s"']{1,200})\2[ \t\\\r\n]+(["']?)([^\s"']{6,4096})/g
/** An exchange with git is short. */
const AROUND = 400

function inText(value: StoredText, each: FieldDocument, hosts: NearestHost, document: Document): readonly Found[] {
  const { text } = value
  const lines = [...text.matchAll(PASSWORD)].flatMap(({ 0: whole, 2: secret = '', index }) => {
    const [end, around] = [index + whole.length, windowAt(text, index)]
    if (!isExchange(around.text, each.format)) return []
    const user = userIn(around.text, index - around.from)
    const username = user === undefined ? undefined : tailOf(value, around.from + user[0], around.from + user[1])
    return foundFor(tailOf(value, end - secret.length, end), username, { value, around: around.text, at: index })
  })
  const formatted = [...text.matchAll(FORMATTED)].flatMap(
    ({ 0: whole, 3: name = '', 4: quote = '', 5: secret = '', index }) => {
      const end = index + whole.length
      const start = end - secret.length - quote.length
      const from = text.lastIndexOf(name, start - 1)
      const around = windowAt(text, index).text
      return foundFor(tailOf(value, end - secret.length, end), tailOf(value, from, from + name.length), {
        value,
        around,
        at: index,
      })
    },
  )
  return [...lines, ...formatted]

  function foundFor(secret: StoredText, username: StoredText | undefined, spot: Spot): readonly Found[] {
    const whom = whomFor(spot, each, hosts)
    const reading = { operations: OPERATIONS }
    return whom === undefined
      ? []
      : foundAt(reading, { keys: ['credential'], value: secret }, username, whom, document.seal)
  }
}

const OPERATIONS: readonly Operation[] = ['git-fetch', 'git-push']

interface Spot {
  readonly value: StoredText
  readonly around: string
  readonly at: number
}

function windowAt(text: string, at: number): { readonly text: string; readonly from: number } {
  const from = Math.max(0, at - AROUND)
  return { text: text.slice(from, at + AROUND), from }
}

/** Settings have lines of such names as well, and so have the variables of a script. */
function isExchange(around: string, format: DocumentFormat): boolean {
  if (HANDED_OVER.test(around)) return true
  if (SETTINGS.has(format)) return false
  return /\bprotocol=https/.test(around) || (!VARIABLES.has(format) && /(?:^|[\s"'n])host=/.test(around))
}

const HANDED_OVER =
  /\[credential|\bcredential[. -](?:approve|fill|store|helper)|(?:echo|printf|cat|print)\b[\s\S]{0,200}(?:username|password)=/
const SETTINGS: ReadonlySet<DocumentFormat> = new Set(['ini', 'properties'])
const VARIABLES: ReadonlySet<DocumentFormat> = new Set(['dotenv', 'shell'])

function userIn(around: string, at: number): readonly [number, number] | undefined {
  const found = [...around.matchAll(/(?:(?<![\w.-])|(?<=\\[nr]))username=["']?([^\s"'\\;,|&<>`)]{1,200})/g)].map(
    ({ 0: whole, 1: name = '', index }) => [index + whole.length - name.length, index + whole.length] as const,
  )
  return found.sort((a, b) => Math.abs(a[0] - at) - Math.abs(b[0] - at))[0]
}

/** `host=` in the exchange tells, then the section of git config around it, then what stands nearest. */
function whomFor({ value, around, at }: Spot, each: FieldDocument, hosts: NearestHost): Whom | undefined {
  const told = /(?:(?<![\w.-])|(?<=\\[nr]))(?:host|url)=["']?([^\s"'\\;,|&<>`)]+)/.exec(around)?.[1]
  if (told !== undefined && !/[$%{]/.test(told)) return whomOf(told)
  // Escapes in front make the offset a little larger than it is.
  const place = value.text === each.text ? at : value.spanOf(at, at)[0] - each.whole.spanOf(0, 0)[0]
  const section = [
    ...each.text.slice(Math.max(0, place - AROUND), place).matchAll(/\[credential "([^"\n]+)"\]|\[[a-z]/g),
  ].at(-1)
  if (section?.[1] !== undefined) return whomOf(section[1])
  const host = hosts.bitbucketNear(place)
  return host === undefined ? undefined : { host }
}
