import { shapeOf } from '../../bitbucket/token-shape.ts'
import type { ByteSpan } from '../../formats/byte-text.ts'
import { type CredentialLine, readGitCredentials } from '../../formats/git-credentials.ts'
import { percentDecode, type UrlReading } from '../../formats/url.ts'
import type { Detector, Document } from '../../model/consumer.ts'
import type { Detection, Place } from '../../model/place.ts'
import { withoutTokens } from '../../model/token-text.ts'
import type { Use } from '../../model/use.ts'
import { isBitbucketHost, isRestHost, repositoryOf } from '../bitbucket-hosts.ts'
import { placesInNested } from '../nested-documents.ts'
import { isPlaceholder } from '../placeholder.ts'
import { looksLikeToken, usernameField } from '../username-field.ts'
import { GIT_CREDENTIALS_FILES } from '../wanted-files.ts'

/** Finds the lines of Bitbucket Cloud in the file of git-credential-store. */
export const gitCredentialsDetector: Detector = {
  matches: (path) => /(^|[\\/])(\.git-credentials|git[\\/]credentials)$/.test(path),
  wanted: GIT_CREDENTIALS_FILES,
  recognises: isCredentialStore,
  keywords: [],
  detect: (document) => ({ places: gitCredentialPlaces(document), demands: [], unread: tokensAlone(document) }),
  detectNested: (document) => ({
    places: placesInNested(document, 'git-credentials', gitCredentialPlaces),
    demands: [],
    unread: [],
  }),
}

/** `credential.helper = store --file=ANY` gives such a file any name. Nothing but URLs with userinfo, and one of Bitbucket among them. */
function isCredentialStore(bytes: Uint8Array): boolean {
  const lines = readGitCredentials(bytes).filter(({ text }) => text.trim() !== '')
  return lines.every(isWhole) && lines.some(({ url }) => url !== undefined && isBitbucketHost(url.host))
}

function isWhole({ url }: CredentialLine): boolean {
  return url?.username !== undefined && url.password !== undefined
}

/** git-credential-store ignores lines without username and secret; so does this. */
export function gitCredentialPlaces(document: Document): readonly Place[] {
  const seen = new Map<string, number>()
  return readGitCredentials(document.bytes).flatMap((line) => {
    const { url } = line
    if (url?.username === undefined || url.password === undefined || !isBitbucketHost(url.host)) return []
    // An address is printed and kept in plans.
    const name = `${url.host}${withoutTokens(url.path).replace(/\/+$/, '').replace(/\s/g, '%20')}`
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    const fields = { username: url.username, password: url.password }
    return [placeOf(document, line, url, fields, count === 1 ? name : `${name}#${count}`)]
  })
}

/** `https://TOKEN@bitbucket.org`: git ignores the line, and the secret stands there all the same. */
function tokensAlone(document: Document): Detection['unread'] {
  return readGitCredentials(document.bytes).flatMap(({ url, text, span, line }) => {
    if (url?.username === undefined || url.password !== undefined || !isBitbucketHost(url.host)) return []
    if (!looksLikeToken(document.seal(percentDecode(text.slice(...url.username))))) return []
    return [
      { span, reason: 'malformed' as const, detail: `a token in place of a username, line ${line}: git ignores it` },
    ]
  })
}

function placeOf(
  document: Document,
  line: CredentialLine,
  url: UrlReading,
  fields: { readonly username: ByteSpan; readonly password: ByteSpan },
  address: string,
): Place {
  const inFile = (span: ByteSpan): ByteSpan => [line.span[0] + span[0], line.span[0] + span[1]]
  const value = document.seal(percentDecode(line.text.slice(...fields.password)))
  return {
    id: `git-credentials:${address}`,
    consumer: 'git-credentials',
    at: { kind: 'file', path: document.path },
    address,
    host: url.host,
    username: usernameField(
      percentDecode(line.text.slice(...fields.username)),
      'percent',
      document.seal,
      inFile(fields.username),
    ),
    secret: { value, kind: shapeOf(value).kind, span: inFile(fields.password), encoding: 'percent' },
    extent: line.span,
    ...(isPlaceholder(percentDecode(line.text.slice(...fields.password))) ? { isPlaceholder: true } : {}),
    line: line.line,
    uses: usesOf(url),
  }
}

/** Without `credential.useHttpPath` a line serves every repository of its host. */
function usesOf(url: UrlReading): readonly Use[] {
  const by = 'git credential store'
  if (isRestHost(url.host)) return [{ operation: 'rest', by }]
  const repository = repositoryOf(url.path)
  const which = repository === undefined ? {} : { repository }
  return [
    { operation: 'git-fetch', by, ...which },
    { operation: 'git-push', by, ...which },
  ]
}
