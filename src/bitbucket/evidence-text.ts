import type { Secret } from '../model/secret.ts'

/** An address in running text; `//user@host` of a URL is not one, but `//user%40company.com@host` holds one. */
const E_MAIL =
  /(?<![^\s<>"',;:()[\]=])[^\s@<>"',;:()[\]=/]+@[^\s@<>"',;:()[\]/]+\.[A-Za-z]{2,}|[^\s@<>"',;:()[\]=/%]+%40[A-Za-z0-9.-]+\.[A-Za-z]{2,}/g
/** Anything that starts as a known Bitbucket secret does, however it was cut (docs/bitbucket-authentication.md, "Token formats"). */
const TOKEN_SHAPED = /(?:ATATT3|ATCTT3|ATBB|BBDC-)[A-Za-z0-9_=%-]*/g
const LONGEST = 240

/** One line that is safe to print: no control characters, no e-mail address, nothing that looks like a secret, bounded length. */
export function evidenceText(text: string, secret?: Secret): string {
  const without = secret === undefined ? text : withoutSecret(text, secret)
  const line = neutralise(without).replace(TOKEN_SHAPED, '<secret>').replace(E_MAIL, '<e-mail>').trim()
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`
}

/** A username as evidence shows it: never an e-mail address, never a secret that was pasted into the wrong field. */
export function shownUsername(username: string | undefined): string {
  if (username === undefined) return 'no username'
  if (username === '') return 'an empty username'
  return evidenceText(username)
}

/** Control characters and bidirectional overrides become spaces: text from servers and files is data, not a terminal program. */
export function neutralise(text: string): string {
  // Escape sequences first, as a whole, so that "[31m" does not stay behind as text.
  return text
    .replace(/\u001B\[[0-?]*[ -/]*[@-~]/g, '')
    .replace(/\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)/g, '')
    .replace(/[\u0000-\u001F\u007F-\u009F\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]+/g, ' ')
}

function withoutSecret(text: string, secret: Secret): string {
  const forms = [secret.reveal(), encodeURIComponent(secret.reveal())].filter((form) => form.length >= 4)
  return forms.reduce((rest, form) => rest.split(form).join(secret.fingerprint), text)
}
