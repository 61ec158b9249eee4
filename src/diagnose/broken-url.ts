/** A URL of Bitbucket whose username or secret holds a character that ends it before its `@` (RFC 3986, 3.2.1). */
export interface BrokenUrl {
  /** The first such character, in words. */
  readonly character: string
  /** The URL without userinfo. */
  readonly clean: string
  /** `/home/alice/app/.git/config:7`. */
  readonly where: string
  /** Name of the remote, when it is the URL of one. */
  readonly remote?: string
  /** It is the remote's URL for pushing. */
  readonly isPushUrl?: true
  /** The file and the line that hold it, when it is no URL of a remote. */
  readonly line?: { readonly file: string; readonly number: number }
}

const WORDS: Readonly<Record<string, string>> = {
  '@': '@',
  '/': '/',
  '#': '#',
  '?': '?',
  '\\': 'a backslash',
}

/**
 * Git and curl end the username at the first `@`, and the host at the first `/`, `?` or `#`; programs in Node and Python go on to the
 * last `@` (measured with git 2.39.5 and curl 7.88). A raw `:` is no fault here: whatever follows the first one is the secret.
 */
export function brokenUserinfo(text: string): Pick<BrokenUrl, 'character' | 'clean'> | undefined {
  const [, userinfo = '', rest = ''] = /^https?:\/\/(.*)@((?:www\.)?bitbucket\.org(?::443)?\/.*)$/is.exec(text) ?? []
  // `https://proxy.example.org/https://user@bitbucket.org/…` names another host on purpose.
  if (userinfo === '' || userinfo.includes('://')) return undefined
  const [found] = /[@/#?\\\s]/.exec(userinfo) ?? []
  if (found === undefined) return undefined
  return { character: WORDS[found] ?? 'white space', clean: `https://${rest}` }
}
