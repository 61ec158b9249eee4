import { byteText, decodeUtf8 } from '../../formats/byte-text.ts'
import type { Field } from '../../formats/field.ts'
import type { Document } from '../../model/consumer.ts'
import type { Span } from '../../model/place.ts'
import { fieldsOf } from '../document-fields.ts'
import { perDocument } from '../per-document.ts'
import { shownName } from '../shown-name.ts'
import { type Envelope, openEnvelope, readEnvelope, VAULT_START } from './envelope.ts'

/** What the user gave, one password a line; each of them is tried. */
export const VAULT_PASSWORD = 'given:ansible-vault-password'

export function passwordsOf({ companion }: Document): readonly Uint8Array[] {
  const lines = Buffer.from(companion(VAULT_PASSWORD) ?? [])
    .toString('latin1')
    .split(/\r?\n/)
  return lines.filter((line) => line !== '').map((line) => Buffer.from(line, 'latin1'))
}

export interface Opened {
  readonly envelope: Envelope
  readonly password: Uint8Array
  readonly plain: Uint8Array
}

export function openWith(text: string, passwords: readonly Uint8Array[]): Opened | undefined {
  const envelope = readEnvelope(text)
  if (envelope === undefined) return undefined
  for (const password of passwords) {
    const plain = openEnvelope(envelope, password)
    if (plain !== undefined) return { envelope, password, plain }
  }
  return undefined
}

/** `ansible-vault encrypt_string` from standard input keeps the line feed at the end. */
export function textOf({ plain }: Opened): string {
  return decodeUtf8(byteText(plain)).replace(/\n$/, '')
}

export const SECRET_NAME = /(app_?password|password|passwd|pass|pwd|token|secret|key)$/i

/** Fields by their keys, the last in lower case: each secret of a document asks for the names beside it. */
export type Beside = ReadonlyMap<string, Field>

export function besideIn(fields: readonly Field[]): Beside {
  return new Map(fields.map((field) => [pathTo(field.keys, field.keys.at(-1) ?? ''), field]))
}

function pathTo(keys: readonly string[], name: string): string {
  return [...keys.slice(0, -1), name.toLowerCase()].join('\0')
}

/** `bitbucket_user` or `bitbucket_app_user` beside `bitbucket_app_password`. */
export function partnerOf({ keys }: Pick<Field, 'keys'>, beside: Beside): Field | undefined {
  const stem = (keys.at(-1) ?? '').replace(SECRET_NAME, '').replace(/_?app_?$/i, '_')
  const names = [stem, `${stem}app_`].flatMap((start) =>
    ['username', 'user', 'login', 'email'].map((end) => start + end),
  )
  return names.flatMap((name) => beside.get(pathTo(keys, name)) ?? [])[0]
}

/** A value tagged `!vault`, not opened: each takes thousands of rounds. */
interface ClosedValue {
  readonly address: string
  readonly field: Field
  /** The username beside it, plain or encrypted too. */
  readonly beside?: Field
}

export interface InlineValue {
  readonly address: string
  readonly keys: readonly string[]
  /** From the `$` of its first line to the end of its last. */
  readonly span: Span
  readonly opened?: Opened
  readonly partner?: Partner
}

/** The username beside a value. */
export interface Partner {
  readonly span: Span
  readonly text: string
  readonly opened?: Opened
  /** It is encrypted, and no password that was given opens it: `text` is empty. */
  readonly isClosed: boolean
}

interface ClosedValues {
  readonly all: readonly ClosedValue[]
  readonly byAddress: ReadonlyMap<string, ClosedValue>
  readonly byUsername: ReadonlyMap<Field, readonly ClosedValue[]>
  /** Those that were asked for, opened if a password fits. */
  readonly tried: Map<string, InlineValue>
}

const closedValues = perDocument((document): ClosedValues => {
  const all = closedIn(document)
  const byUsername = new Map<Field, ClosedValue[]>()
  for (const value of all) {
    const sharing = value.beside && byUsername.get(value.beside)
    if (sharing !== undefined) sharing.push(value)
    else if (value.beside !== undefined) byUsername.set(value.beside, [value])
  }
  return { all, byAddress: new Map(all.map((value) => [value.address, value])), byUsername, tried: new Map() }
})

function closedIn(document: Document): readonly ClosedValue[] {
  const { fields } = fieldsOf(document)
  const beside = besideIn(fields)
  const seen = new Map<string, number>()
  return fields.filter(isVaulted).map((field): ClosedValue => {
    const name = shownName(field.keys, '').replace(/\s+/g, '%20')
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    const partner = partnerOf(field, beside)
    return { address: count === 1 ? name : `${name}#${count}`, field, ...(partner && { beside: partner }) }
  })
}

function isVaulted({ tag, value }: Field): boolean {
  return (tag === '!vault' || tag === '!vault-encrypted') && value.text.startsWith(VAULT_START)
}

export function inlineValues(document: Document): readonly InlineValue[] {
  return closedValues(document).all.flatMap(({ address }) => inlineValueAt(document, address) ?? [])
}

/** Opened once for each document, however often it is asked for. */
export function inlineValueAt(document: Document, address: string): InlineValue | undefined {
  const { byAddress, tried } = closedValues(document)
  const closed = byAddress.get(address)
  if (closed === undefined) return undefined
  const value = tried.get(address) ?? openValue(closed, passwordsOf(document))
  tried.set(address, value)
  return value
}

/** Other values beside the same username, opened or not. */
export function sharingUsername(document: Document, address: string): readonly string[] {
  const { byAddress, byUsername } = closedValues(document)
  const beside = byAddress.get(address)?.beside
  const sharing = beside === undefined ? [] : (byUsername.get(beside) ?? [])
  return sharing.map((other) => other.address).filter((other) => other !== address)
}

function openValue({ address, field, beside }: ClosedValue, passwords: readonly Uint8Array[]): InlineValue {
  const opened = openWith(field.value.text, passwords)
  const partner = beside === undefined ? undefined : partnerAt(beside, passwords)
  return { address, keys: field.keys, span: spanOf(field), ...(opened && { opened }), ...(partner && { partner }) }
}

function spanOf({ value }: Field): Span {
  return value.spanOf(0, value.text.trimEnd().length)
}

function partnerAt(field: Field, passwords: readonly Uint8Array[]): Partner {
  const { value } = field
  if (!isVaulted(field))
    return { span: value.spanOf(0, value.text.length), text: decodeUtf8(value.text), isClosed: false }
  const opened = openWith(value.text, passwords)
  if (opened === undefined) return { span: spanOf(field), text: '', isClosed: true }
  return { span: spanOf(field), text: textOf(opened), opened, isClosed: false }
}
