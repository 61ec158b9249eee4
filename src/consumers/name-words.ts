/** `bitbucketAppPassword`, `bitbucket-app-password` and `BITBUCKET_APP_PASSWORD` are one name. */
export function nameWords(name: string): readonly string[] {
  const known = KNOWN.get(name)
  if (known !== undefined) return known
  // What is cut out of a document holds all of it in memory, secrets and all, for as long as the piece is known.
  const own = Buffer.from(name, 'utf16le').toString('utf16le')
  const words = own
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== '')
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear()
  KNOWN.set(own, words)
  return words
}

/** The same names come again and again, and each is asked for by several consumers. */
const KNOWN = new Map<string, readonly string[]>()
const MOST_KNOWN = 4096

/** Something of Bitbucket that is no credential for Bitbucket Cloud, or one that does not end: leave alone (consumers of OAuth, hooks, Data Center). */
const OTHER_SYSTEMS =
  'CLIENT CONSUMER OAUTH OAUTH2 DC DATACENTER SERVER STASH OIDC JIRA CONFLUENCE WOODPECKER GITHUB GITLAB GITEA AZURE'.split(
    ' ',
  )
const OTHERS: ReadonlySet<string> = new Set([
  ...OTHER_SYSTEMS,
  ...`WEBHOOK WEBHOOKS HOOK HOOKS SSH DEPLOY PUBLIC PRIVATE SIGNING GPG SHA SHA1 SHA256 HASH CHECKSUM DIGEST FILE PATH URL HOST ID NAME EXPIRY
  EXPIRES LENGTH TTL COUNT`.split(/\s+/),
])
const BITBUCKET: ReadonlySet<string> = new Set(['BITBUCKET', 'BITBUCKETCLOUD', 'BB', 'BBC'])
const STRONG: ReadonlySet<string> = new Set([
  'PASSWORD',
  'PASSWD',
  'PASS',
  'PWD',
  'PW',
  'TOKEN',
  'PAT',
  'APPPASSWORD',
  'APITOKEN',
  'ACCESSTOKEN',
])
const WEAK: ReadonlySet<string> = new Set([
  'SECRET',
  'AUTH',
  'AUTHORIZATION',
  'CREDENTIAL',
  'CREDENTIALS',
  'CREDS',
  'STRING',
  'HEADER',
  'BASIC',
  'KEY',
  'ORG',
])
const USER: ReadonlySet<string> = new Set(['USERNAME', 'USER', 'EMAIL', 'LOGIN', 'ACCOUNT', 'MAIL', 'USERID'])

/** `strong`: the name of a secret and of nothing else. `weak`: also of ids and pairs, so that the value has to tell. */
export type SecretName = 'strong' | 'weak'

export function secretNameOf(name: string): SecretName | undefined {
  const words = nameWords(name)
  // `url_password` of Ansible goes with its `url`; `token_url` is an address.
  if (isOfOthers(words[0] === 'URL' ? words.slice(1) : words)) return undefined
  const last = words.at(-1) ?? ''
  if (STRONG.has(last)) return 'strong'
  return WEAK.has(last) ? 'weak' : undefined
}

export function namesUser(name: string): boolean {
  const words = nameWords(name)
  return USER.has(words.at(-1) ?? '') || (words.at(-1) === 'NAME' && words.at(-2) === 'USER')
}

/** `certain`: the whole word; `short`: `BB`, which is short for other things as well. */
export function namesBitbucket(name: string): 'certain' | 'short' | undefined {
  const words = nameWords(name)
  if (words.includes('BITBUCKET') || words.includes('BITBUCKETCLOUD')) return 'certain'
  return words.some((word) => BITBUCKET.has(word)) ? 'short' : undefined
}

/**
 * Whether a name says Bitbucket in this document. `bb_token` opens no file by itself, as `BB_TOKEN` does (src/scan/prefilter/needles.ts), so
 * something else in the document has to: its answer must not depend on whether the file was opened for something else.
 */
export function namesBitbucketIn(name: string, document: string): boolean {
  const named = namesBitbucket(name)
  if (named !== 'short') return named === 'certain'
  return /BB_[A-Za-z]/.test(name) || /[bB][iI][tT][bB]|AT(?:BB|ATT3|CTT3)/.test(document)
}

export function isOfOthers(words: readonly string[]): boolean {
  // The first word names the variable; `NAME` and `FILE` tell at its end.
  return isOfOtherSystems(words) || words.some((word) => OTHERS.has(word))
}

/** Of what has a username and a password, too: a key for hooks or for deployments has none. */
export function isOfOtherSystems(words: readonly string[]): boolean {
  const isData = words.includes('DATA') && words.includes('CENTER')
  return isData || words.some((word) => OTHER_SYSTEMS.includes(word))
}

/** Words of names that say nothing of another service: where only these stand, the nearest host may tell whose secret it is. */
const NEUTRAL: ReadonlySet<string> = new Set(
  `GIT SCM REPO REPOSITORY APP API ACCESS USER AUTH AUTHORIZATION TOKEN PASSWORD PASSWD PASS PW PWD PAT SECRET REMOTE CI BOT BUILD CLONE MIRROR
  SOURCE HTTP HTTPS BASIC PERSONAL MY VCS ATLASSIAN GITFS CREDENTIAL CREDENTIALS CREDS CLOUD CODE PULL PUSH FETCH CHECKOUT SYNC MODULE
  MODULES STRING GITSYNC VALUE DEFAULT SERVICE ACCOUNT URL BITBUCKET BB`.split(/\s+/),
)

export function isNeutral(name: string): boolean {
  return nameWords(name).every((word) => NEUTRAL.has(word.replace(/\d+$/, '')))
}

const ROLES: ReadonlySet<string> = new Set(
  'USERNAME USER EMAIL LOGIN ACCOUNT MAIL USERID NAME APP API ACCESS PASSWORD PASSWD PASS PWD PW TOKEN PAT SECRET AUTH URL BASE HOST ENDPOINT SERVER'.split(
    ' ',
  ),
)

/** `BITBUCKET_APP_PASSWORD` and `BITBUCKET_API_EMAIL` begin with the same word. */
export function stemOf(name: string): string {
  const words = [...nameWords(name)]
  while (ROLES.has(words.at(-1) ?? '')) words.pop()
  return words.join('_')
}
