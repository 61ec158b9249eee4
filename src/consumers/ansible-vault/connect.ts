import { bytesOf, byteText, encodeUtf8 } from '../../formats/byte-text.ts'
import { type Edit, splice } from '../../formats/splice.ts'
import { percentEncode } from '../../formats/url.ts'
import type { Connector } from '../../model/consumer.ts'
import type { CredentialChange } from '../../model/credential.ts'
import { Failure } from '../../model/failure.ts'
import type { Encoding, Place, Span } from '../../model/place.ts'
import { type EditRequest, fileConnector } from '../file-connector.ts'
import { ansibleVaultDetector, readWhole, vaultPlaceAt, vaultSpans, type WholeFile } from './detect.ts'
import { sealEnvelope } from './envelope.ts'
import { type InlineValue, inlineValueAt, type Opened, passwordsOf, sharingUsername } from './inline-values.ts'

/** Encrypts anew with the password that fits, under the same label and in lines of the same length. Old bytes need no password. */
export const ansibleVaultConnector: Connector = fileConnector({
  detector: ansibleVaultDetector,
  locate: vaultPlaceAt,
  spans: vaultSpans,
  sharing: sharingUsername,
  edits: (request) => {
    const { document, place } = request
    const whole = readWhole(document, passwordsOf(document))
    if (whole !== undefined) return wholeEdits(whole, request)
    const value = inlineValueAt(document, place.address)
    if (value?.opened === undefined) throw refused(place, 'no password that was given opens it')
    return inlineEdits(value, value.opened, request)
  },
})

const SALT_BYTES = 32

function inlineEdits(value: InlineValue, opened: Opened, request: EditRequest): readonly Edit[] {
  const { change } = request
  const edits: Edit[] = []
  if (change.username !== 'keep') edits.push(...usernameEdits(value, nameOf(change), request))
  if (change.secret !== 'keep') edits.push(sealedEdit(value.span, opened, change.secret.set.reveal(), request))
  return edits
}

function nameOf({ username }: CredentialChange): string {
  return typeof username === 'object' ? username.set : ''
}

function usernameEdits({ partner }: InlineValue, username: string, request: EditRequest): readonly Edit[] {
  if (partner === undefined) {
    if (username === '') return []
    throw refused(request.place, 'no username stands beside it')
  }
  if (partner.isClosed) throw refused(request.place, 'no password that was given opens the username beside it')
  if (partner.opened !== undefined) return [sealedEdit(partner.span, partner.opened, username, request)]
  if (!/^[A-Za-z0-9][A-Za-z0-9._@+-]*$/.test(username)) throw refused(request.place, 'this username would need quotes')
  return [{ span: partner.span, bytes: bytesOf(username) }]
}

/** In the place of the old one, with the indentation and the line ends that it has. */
function sealedEdit(span: Span, { envelope, password, plain }: Opened, text: string, request: EditRequest): Edit {
  const { bytes } = request.document
  const stored = byteText(bytes.subarray(...span))
  const lineEnd = /\r?\n[ \t]*/.exec(stored)?.[0] ?? '\n'
  const ending = plain.at(-1) === 0x0a ? '\n' : ''
  const lines = sealEnvelope(envelope, bytesOf(encodeUtf8(text) + ending), password, request.random.bytes(SALT_BYTES))
  return { span, bytes: bytesOf(lines.join(lineEnd)) }
}

function wholeEdits(whole: WholeFile, request: EditRequest): readonly Edit[] {
  const { document, place, change, random } = request
  if (whole.places.length > 1)
    throw refused(place, `this file is encrypted as one, and holds ${whole.places.length} credentials`, [
      '  ansible-vault edit FILE',
    ])
  const inner = whole.places.find(({ address }) => address === place.address)
  if (inner === undefined) return []
  const plain = splice(whole.plain, innerEdits(inner, change))
  const stored = byteText(document.bytes)
  const lineEnd = stored.includes('\r\n') ? '\r\n' : '\n'
  const lines = sealEnvelope(whole.envelope, plain, whole.password, random.bytes(SALT_BYTES))
  const last = /\s*$/.exec(stored)?.[0] ?? ''
  return [{ span: [0, document.bytes.length], bytes: bytesOf(lines.join(lineEnd) + last) }]
}

function innerEdits(inner: Place, change: CredentialChange): readonly Edit[] {
  const { username, secret } = inner
  const edits: Edit[] = []
  if (change.username !== 'keep') {
    if (username?.span === undefined) throw refused(inner, 'no username stands beside it')
    edits.push({ span: username.span, bytes: written(inner, nameOf(change), username) })
  }
  if (change.secret !== 'keep' && secret?.span !== undefined)
    edits.push({ span: secret.span, bytes: written(inner, change.secret.set.reveal(), secret) })
  return edits
}

/** Tokens and usernames need no escapes in any format; in a URL they do. */
function written(
  place: Place,
  text: string,
  { encoding, inner }: { readonly encoding: Encoding; readonly inner?: readonly unknown[] },
): Uint8Array {
  if (inner === undefined && encoding === 'percent') return bytesOf(percentEncode(text, { hex: 'upper', raw: '' }))
  if (inner === undefined && encoding === 'plain' && /^[A-Za-z0-9][A-Za-z0-9._@+=-]*$/.test(text)) return bytesOf(text)
  throw refused(place, 'the way it is written inside the encrypted file is not one that keyturn writes')
}

function refused({ address }: Place, because: string, next: readonly string[] = []): Failure {
  return new Failure('R204', { at: address, because, state: 'Nothing was changed.', next })
}
