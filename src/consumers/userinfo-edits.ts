import type { ByteSpan } from '../formats/byte-text.ts'
import { type PercentStyle, percentEncode, percentStyleOf, type UrlReading } from '../formats/url.ts'
import { Failure } from '../model/failure.ts'

export interface StoredUrl {
  /** Byte text of the whole URL. */
  readonly text: string
  readonly url: UrlReading
  /** What stands before the `@` is a token alone, not a username. */
  readonly tokenAlone: boolean
  /** For the message when the URL cannot hold the change. */
  readonly address: string
}

export interface UserinfoChange {
  readonly username: { readonly set: string } | 'keep' | 'remove'
  readonly secret: { readonly set: string } | 'keep'
}

/** Offsets in the URL, and the byte text to put there. */
export interface UrlEdit {
  readonly at: ByteSpan
  readonly text: string
}

interface Part {
  readonly text: string
  readonly at: ByteSpan
}

/** `%3D` for `=`: git and curl decode either case, and people write the upper one. */
const URL_STYLE: PercentStyle = { hex: 'upper', raw: '' }

/** Both parts present before and after: each keeps its own bytes unless it changes. Else the whole `user:secret@` is written anew. */
export function userinfoEdits(stored: StoredUrl, change: UserinfoChange): readonly UrlEdit[] {
  const { username, password } = storedUserinfo(stored)
  const style = percentStyleOf([username?.text ?? '', password?.text ?? ''], URL_STYLE)
  const name = nextUsername(change, username?.text, style)
  const secret = change.secret === 'keep' ? password?.text : percentEncode(change.secret.set, style)
  if (username === undefined || password === undefined || name === undefined || secret === undefined) {
    const { authority, userinfo } = stored.url
    const end = userinfo === undefined ? authority : userinfo[1] + 1
    return [{ at: [authority, end], text: userinfoText(stored, name, secret) }]
  }
  return [
    ...(change.username === 'keep' ? [] : [{ at: username.at, text: name }]),
    ...(change.secret === 'keep' ? [] : [{ at: password.at, text: secret }]),
  ]
}

function storedUserinfo({ text, url, tokenAlone }: StoredUrl): { readonly username?: Part; readonly password?: Part } {
  const part = (at: ByteSpan): Part => ({ text: text.slice(...at), at })
  const { username, password } = url
  if (username === undefined) return {}
  if (tokenAlone) return { password: part(username) }
  return password === undefined ? { username: part(username) } : { username: part(username), password: part(password) }
}

function nextUsername(change: UserinfoChange, stored: string | undefined, style: PercentStyle): string | undefined {
  if (change.username === 'keep') return stored
  return change.username === 'remove' ? undefined : percentEncode(change.username.set, style)
}

function userinfoText(stored: StoredUrl, name: string | undefined, secret: string | undefined): string {
  if (name !== undefined) return secret === undefined ? `${name}@` : `${name}:${secret}@`
  if (secret === undefined || secret === '') return ''
  if (stored.tokenAlone) return `${secret}@`
  throw new Failure('R204', {
    at: stored.address,
    because: 'a secret in a URL needs a username before it',
    state: 'Nothing was changed.',
  })
}
