import { Failure } from '../../model/failure.ts'
import { plainWords } from './plain-words.ts'

/** A context path is part of the base URL; userinfo, query and fragment are not. */
export function checkedBase(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  const plain = url !== undefined && /^https?:$/.test(url.protocol) && !/[?#@\s\\]/.test(baseUrl)
  if (plain) return baseUrl.replace(/\/+$/, '')
  throw new Failure('R112', {
    at: plainWords(baseUrl),
    because: 'the URL of a controller starts with https:// or http:// and has no userinfo, query or fragment',
    state: 'Nothing was asked.',
    next: ['  keyturn scan --jenkins https://ci.example.org'],
  })
}
