/** Names that belong to a person or an organisation, as far as a consultation knows them. */
export interface PrivateNames {
  readonly repositories: readonly { readonly workspace: string; readonly slug: string }[]
  readonly workspaces: readonly string[]
  readonly usernames: readonly string[]
  readonly jobs: readonly string[]
  readonly credentialIds: readonly string[]
  /** Absolute paths: nothing in a text tells where a folder with a blank in its name begins and ends. */
  readonly paths: readonly string[]
}

type Mask = (text: string) => string

const BITBUCKET = /^(?:(?:www|api|altssh)\.)?bitbucket\.org$/i
/** Hosts that everybody may read: the services themselves, and where their documents are. */
const PUBLIC_HOST =
  /^(?:(?:www|api|altssh)\.)?bitbucket\.org$|(?:^|\.)(?:atlassian\.com|jenkins\.io|git-scm\.com)$|^(?:localhost|127\.0\.0\.1)$/i

/** What is nobody's name, although the name of a workspace, a credential or a person may be part of it. */
const PUBLIC_WORDS = [
  /(?:[\w-]+\.)*(?:bitbucket\.org|atlassian\.(?:com|net)|jenkins\.io|git-scm\.com)(?![\w-])/,
  /(?:read|write|admin|delete|manage):[\w-]+:[\w-]+/,
  /x-bitbucket-api-token-auth|x-token-auth|git-(?:upload|receive)-pack/,
  /(?:[a-z\d]+-)*bitbucket-branch-source(?:-plugin)?|(?:credentials|cloudbees|git|workflow|pipeline|plain)-[a-z]+(?:-[a-z]+)*(?= \d)/,
  /(?:com|org|io|javax?|hudson|jenkins)(?:\.[\w$]+){2,}/,
  /\.git-credentials|\.gitconfig|\.netrc|_netrc|config\.xml|credentials\.xml/,
  /WORKSPACE|REPOSITORY|CREDENTIAL|USERNAME|PROJECT|BRANCH|FOLDER|DOMAIN|SOURCE|JOB|host-\d+|<[\w-]+>|#[\da-f]{12}/,
]

/** Words of git, of Jenkins and of this report: as a name they tell nothing, and a sentence without them tells nothing either. */
const VOCABULARY: ReadonlySet<string> = new Set(
  `a access account admin an and answered api app as at atlassian basic bearer bitbucket branch build by cloud code console controller
  could credential credentials default doctor error failed fatal fetch file folder for from git header helper host http https id in info
  is it jenkins job keyturn last line log main master name netrc no none not of on or origin password pipeline project proxy push read
  refs refused remote repository rest root scan scope service site source ssh store stored system team test that the to token url user
  username was which with workspace write`.split(/\s+/),
)

const FIXED_NAMES: ReadonlySet<string> = new Set([
  ...['x-bitbucket-api-token-auth', 'x-token-auth', 'git', 'unknown'],
  ...['no username', 'an empty username', 'a username that is not the e-mail'],
])

/** Takes the names of hosts, people, workspaces, jobs and folders out of texts; one host becomes one and the same word in all of them. */
export function anonymiser(names: PrivateNames): Mask {
  const host = hostNumbers()
  const folders = knownFolders(names.paths)
  const masks: readonly Mask[] = [
    folders,
    (text) => withoutUrls(text, host),
    (text) => withoutHosts(text, host),
    withoutFolders,
    withoutSpokenNames,
    withoutKnownNames(names),
  ]
  // A text that was cut can end within a name.
  return (text) => masks.reduce((rest, mask) => mask(rest), text.replace(/[^\s/'"]+…/g, '…'))
}

/** Of a username the ones that everybody uses stay, and what stands in the place of one. */
export function anonymousUsername(name: string): string {
  return name === '' || FIXED_NAMES.has(name) || /^(?:<[\w-]+>|#[\da-f]+)$/.test(name) ? name : 'USERNAME'
}

/** `system`, or `folder team`. */
export function anonymousStore(store: string): string {
  return store.replace(/^folder .*$/s, 'folder FOLDER')
}

/** Of a file only its name and the line: a whole text that is a path may hold any character. */
export function anonymousPlace(where: string, mask: Mask): string {
  return /^(?:~?\/|[A-Z]:[\\/]|\\\\)/i.test(where) ? mask(where.replace(/^.*[\\/](?=[^\\/])/s, '.../')) : mask(where)
}

/** `/2.0/repositories/acme/app`. A path that is no path of REST has only unknown parts. */
export function anonymousRestPath(path: string): string {
  const [before = '', query] = path.split('?')
  const parts = before.split('/')
  return parts.map((part, index) => restPart(part, parts[index - 1], parts[index - 2])).join('/') + queryOf(query)
}

/** The workspaces and repositories that a text names by their address. */
export function repositoriesIn(text: string): PrivateNames['repositories'] {
  const found = [
    ...text.matchAll(/bitbucket\.org[/:]([^\s/'"`<>|:?]+)\/([^\s/'"`<>|:?]+)/gi),
    ...text.matchAll(/\/[12]\.0\/repositories\/([^\s/'"`<>|:?]+)\/([^\s/'"`<>|:?]+)/g),
    ...text.matchAll(/^Looking up ([\w.-]+)\/([\w.-]+) for /gm),
  ]
  return found
    .map(([, workspace = '', slug = '']) => ({ workspace, slug: slug.replace(/^\..*$|\.git\b.*$|[.,;)…]+$/s, '') }))
    .filter(({ workspace, slug }) => !SITE_PAGES.has(workspace) && !KNOWN_PARTS.has(slug))
}

function hostNumbers(): Mask {
  const seen: string[] = []
  return (host) => {
    if (PUBLIC_HOST.test(host)) return host
    if (/\.atlassian\.net$/i.test(host)) return 'SITE.atlassian.net'
    if (/^host-\d+$/.test(host)) return host
    if (!seen.includes(host.toLowerCase())) seen.push(host.toLowerCase())
    return `host-${seen.indexOf(host.toLowerCase()) + 1}`
  }
}

const NOT_PATH = '\\s\'"`<>|'

function withoutUrls(text: string, host: Mask): string {
  const url = new RegExp(
    `\\b([a-z][a-z+-]*://)([^${NOT_PATH}/]*@|<e-mail>@)?(\\[[\\da-f:]+\\]|<e-mail>|[^${NOT_PATH}/:?#]+)(:\\d+)?([^${NOT_PATH}]*)`,
    'gi',
  )
  // Without its scheme, as ssh and scp write it. The user of such an address may already be gone as an e-mail address.
  const bare = new RegExp(
    `(?<![\\w./@-])((?:[\\w.-]+@)?(?:(?:www|api|altssh)\\.)?bitbucket\\.org|<e-mail>)([/:])(?!\\d+(?:\\D|$))([^${NOT_PATH}]*[^${NOT_PATH}.,:;)])`,
    'gi',
  )
  return text
    .replace(/\bfile:\/\/\/(?:[^\s'"`]*\/)?/gi, 'file://.../')
    .replace(url, (_, scheme, user = '', name, port = '', path) => shownUrl(host, { scheme, user, name, port, path }))
    .replace(bare, (_, site: string, mark: string, path: string) => site + mark + webPath(path))
    .replace(/(?<![\w./@-])([\w.-]+@)([\w-]+(?:\.[\w-]+)+):(?!\d)[^\s'"`]+/g, (whole, user: string, name: string) =>
      BITBUCKET.test(name) ? whole : `${user}${host(name)}:...`,
    )
    .replace(/(?<![\w./>-])\/(?:[12]\.0|!api)\/[^\s'"`<>|]*[^\s'"`<>|.,:;)]/g, anonymousRestPath)
}

interface Url {
  readonly scheme: string
  readonly user: string
  readonly name: string
  readonly port: string
  readonly path: string
}

function shownUrl(host: Mask, { scheme, user, name, port, path }: Url): string {
  if (scheme.toLowerCase() === 'file://') return scheme + name + port + path
  const [, whole = '', after = ''] = /^(.*?)([.,:;!)\]]*)$/s.exec(path) ?? []
  const [login = '', secret] = user.slice(0, -1).split(':')
  const userinfo = user === '' ? '' : `${anonymousUsername(login)}${secret === undefined ? '' : ':<secret>'}@`
  const trimmed = name.replace(/[.,;)]+$/, '')
  const rest = name.slice(trimmed.length)
  const isService = trimmed === '<e-mail>' || BITBUCKET.test(trimmed)
  if (isService) return scheme + userinfo + trimmed + rest + port + servicePath(whole) + after
  const place = PUBLIC_HOST.test(trimmed) ? port + whole : otherPath(whole)
  return scheme + userinfo + (trimmed === '...' ? trimmed : host(trimmed)) + rest + place + after
}

/** Pages of Bitbucket that stand where a workspace stands. */
const SITE_PAGES: ReadonlySet<string> = new Set('account blog dashboard product site support 2.0 1.0 !api'.split(' '))

const KNOWN_PARTS: ReadonlySet<string> = new Set(
  `_ account access-tokens admin api api-tokens app-passwords batch branches bitbucket-scan ci commit commits computation config.xml
  configuration-as-code console consoleText consoleFull credentials default-reviewers deployments downloads emails export folder heads
  hooks indexing info issues jenkins job json lastBuild lfs login master members objects permissions pipelines plans pluginManager
  projects pull-requests pullrequests refs repositories scm settings site snippets src ssh-keys store system tags teams user users
  workspace workspaces git-upload-pack git-receive-pack`.split(/\s+/),
)

function knownPart(part: string): string {
  return part === '' || KNOWN_PARTS.has(part) || /^\d+(?:\.\d+)?$/.test(part) ? part : '...'
}

function restPart(part: string, before: string | undefined, twoBefore: string | undefined): string {
  if (part === '') return part
  if (before === 'repositories' || before === 'workspaces' || before === 'teams') return 'WORKSPACE'
  if (twoBefore === 'repositories') return 'REPOSITORY'
  if (before === 'users' || before === 'members') return 'USERNAME'
  return part === '!api' ? part : before === 'projects' ? 'PROJECT' : knownPart(part)
}

function servicePath(path: string): string {
  if (/^\/(?:[12]\.0|!api)\b/.test(path)) return anonymousRestPath(path)
  return path.startsWith('/') ? `/${webPath(path.slice(1))}` : queryOf(path.slice(1) || undefined)
}

/** `acme/app.git/info/refs`; also with the name of a setting behind it, as in `http.https://bitbucket.org/acme/.extraheader`. */
function webPath(path: string): string {
  const [before = '', query] = path.split('?')
  const [workspace = '', slug, ...rest] = before.split('/')
  if (workspace === '' || workspace.startsWith('.')) return before + queryOf(query)
  const first = SITE_PAGES.has(workspace) ? workspace : 'WORKSPACE'
  const second =
    slug === undefined ? [] : [SITE_PAGES.has(workspace) || slug === 'workspace' ? knownPart(slug) : slugPart(slug)]
  return [first, ...second, ...rest.map(knownPart)].join('/') + queryOf(query)
}

function slugPart(slug: string): string {
  if (slug === '' || /^\.[a-z]+$/i.test(slug)) return slug
  return `REPOSITORY${/(?:\.git)?(?:\.(?:extraheader|proxy|helper|username|insteadof))?$/i.exec(slug)?.[0] ?? ''}`
}

/** Of a controller, or of another server of git. */
function otherPath(path: string): string {
  const [before = '', query] = path.split('?')
  const parts = before.split('/')
  const shown = parts.map((part, index) => {
    if (part !== '' && parts[index - 1] === 'job') return 'JOB'
    return part !== '' && parts[index - 1] === 'credential' ? 'CREDENTIAL' : knownPart(part)
  })
  return shown.join('/').replace(/(?:\/\.\.\.){2,}/g, '/...') + queryOf(query)
}

function queryOf(query: string | undefined): string {
  if (query === undefined) return ''
  const pairs = query.split('&').map((pair) => pair.split('='))
  return `?${pairs.map(([key = '', value]) => (value === undefined ? knownPart(key) : `${key}=${knownPart(value)}`)).join('&')}`
}

/** Endings of hosts. A dotted word of another ending is a file, a setting or a class. */
const HOST_ENDINGS =
  `com org net info biz io dev app cloud tech internal intern local localdomain corp lan intranet home private example test invalid
  eu de at ch fr uk nl be it es pt pl cz se no fi dk us ca au nz jp cn in br ru ie lu hu ro kr sg za mx tr il ai co`
    .split(/\s+/)
    .join('|')

/** Where a host stands in words of curl, git, OpenSSH, Java and Node, with a dot or without. */
const HOST_FORMS: readonly RegExp[] = [
  /(\bcould not resolve (?:host|proxy|hostname):? '?)([\p{L}\d_.-]+)/giu,
  /(\b(?:UnknownHostException:|ENOTFOUND|EAI_AGAIN|redirects to) )([\p{L}\d_.-]+)/gu,
  /(\bconnect(?:ion)? to (?:host |server )?)(?!repository\b|host\b|server\b)([\p{L}\d_.-]+)(?= port\b|:\d|:? \[|$)/giu,
  /(\b(?:host ?name|host|proxy|subject name):? '?)([\w-]+(?:\.[\w-]+)+)/gi,
  new RegExp(
    `((?<![\\p{L}\\d_.@/~-]))((?:[\\p{L}\\d_-]+\\.)+(?:${HOST_ENDINGS}))(?![\\p{L}\\d_-]|\\.[\\p{L}\\d_])`,
    'giu',
  ),
]

function withoutHosts(text: string, host: Mask): string {
  const named = HOST_FORMS.reduce(
    (rest, form) =>
      rest.replace(form, (_, before: string, name: string) => {
        const bare = name.replace(/[.-]+$/, '')
        return before + host(bare) + name.slice(bare.length)
      }),
    text,
  )
  return named
    .replace(/(\[)([\w.-]+)(?=\/\d)/g, (_, before: string, name: string) => before + host(name))
    .replace(/\b(\d{1,3}(?:\.\d{1,3}){3})\b(?::\d+)?/g, (whole, address: string) =>
      PUBLIC_HOST.test(address) ? whole : host(address),
    )
    .replace(/(?<![\w:])[\da-f:]*:[\da-f:]+(?![\w:])/gi, (word) => (isAddress(word) ? host(word) : word))
}

/** Of version 6; a time of day has two colons. */
function isAddress(word: string): boolean {
  return /[\da-f]/i.test(word) && (word.includes('::') || word.split(':').length > 3)
}

function knownFolders(paths: readonly string[]): Mask {
  const folders = paths
    .flatMap((path) => [path, path.replace(/[\\/][^\\/]*$/, '')])
    .filter((folder) => folder.length > 1)
  const longestFirst = [...new Set(folders)].sort((a, b) => b.length - a.length)
  if (longestFirst.length === 0) return (text) => text
  const known = new RegExp(`(?<![\\p{L}\\d_:/.>])(?:${longestFirst.map(literal).join('|')})[\\\\/]`, 'gu')
  return (text) => text.replace(known, '.../')
}

/** Of a path only its last part tells something: `.netrc`, `config.xml`. */
function withoutFolders(text: string): string {
  const part = '[^\\s/\\\\"\'`|<>,;:()]+'
  const folder = `${part}(?: ${part}){0,4}`
  return text
    .replace(/(["'`])(?:~?\/|[A-Z]:[\\/])[^"'`]*[\\/]([^\\/"'`]+)\1/gi, '$1.../$2$1')
    .replace(/\((?:~?\/|[A-Z]:[\\/])[^()]*[\\/]([^\\/()]+)\)/gi, '(.../$1)')
    .replace(
      new RegExp(`(?<![\\p{L}\\d_/:.>])(?:~[\\w.-]*)?/(?!(?:[12]\\.0|!api)/)(?:${folder}/)+(${part})`, 'gu'),
      '.../$1',
    )
    .replace(new RegExp(`(?:\\b[A-Z]:[\\\\/]|\\\\\\\\)(?:${folder}[\\\\/])*(${part})`, 'gu'), '.../$1')
    .replace(
      new RegExp(`(?<![\\w/])\\.\\.\\./(?:(?!\\.{3})${part}(?: (?!\\.{3})${part}){0,4}/)+(?=${part})`, 'gu'),
      '.../',
    )
}

/** Names that only the words around them tell: lines of Jenkins, of its plugins, and of keyturn. */
const SPOKEN: readonly (readonly [RegExp, string])[] = [
  [/(^Jenkins job ).+/, '$1JOB'],
  [/(^using credential ).+$/, '$1CREDENTIAL'],
  [/(\bCredentialId ")[^"]+/g, '$1CREDENTIAL'],
  [/(\bNo credentialsId )\S+( found for project ).+/, '$1CREDENTIAL$2JOB'],
  [/(\bentry with ID ')[^']+/g, '$1CREDENTIAL'],
  [/(\bCredentials? ')[^']+(?=' is of type)/g, '$1CREDENTIAL'],
  [/(\b(?:credential|id|stored in|sets) ")[^"]+(?=")/g, '$1CREDENTIAL'],
  [/(\bset credentials (?:User API token|OAuth2 token|HTTP Access Token) for ).+/, '$1USERNAME'],
  [/(\bset credentials )(?!(?:User API token|OAuth2 token|HTTP Access Token) for ).+/, '$1CREDENTIAL'],
  [/(^Connecting to \S+ (?:using|with) )(?!no credentials).+/, '$1CREDENTIAL'],
  [/(\bLooking up )[\w.-]+\/[\w.-]+(?= for )/, '$1WORKSPACE/REPOSITORY'],
  [/(\bLooking up repositories of (?:user|team|workspace) ).+/, '$1WORKSPACE'],
  [/(\bfrom (?:source|navigator) )\S.*/, '$1SOURCE'],
  [/(\bdomain ")[^"]+(?=")/g, '$1DOMAIN'],
  [/(\bthe user ")[^"]+(?=")/g, '$1USERNAME'],
  [/(\bnames the user )\S+/g, '$1USERNAME'],
  [/(\bas )(?!Basic |Bearer |x-bitbucket-api-token-auth |x-token-auth |<|an? |no )\S+(?= with #)/g, '$1USERNAME'],
  [/(\bnaming it too: ).+?(?= and \d+ more$|$)/, '$1JOB'],
  [/(\brefs\/(?:heads|tags|remotes\/[\w.-]+)\/)(?!\*)[^\s:'"]+/g, '$1BRANCH'],
  [/(\/job\/)[^\s/'":,;)]+/g, '$1JOB'],
]

function withoutSpokenNames(text: string): string {
  return SPOKEN.reduce((rest, [pattern, word]) => rest.replace(pattern, word), text)
}

/** One name can be that of a credential and of a person: the word before it tells which. */
const MARKED: ReadonlyMap<string, string> = new Map([
  ['--job', 'JOB'],
  ['--credential', 'CREDENTIAL'],
  ['--username', 'USERNAME'],
  ['job', 'JOB'],
  ['folder', 'FOLDER'],
  ['username', 'USERNAME'],
  ['as', 'USERNAME'],
])

/** Longest first, so that `team/app` goes before `team`; whole words only, and never within what is public. */
function withoutKnownNames(names: PrivateNames): Mask {
  const words = wordsOf(names)
  const listed = [...words.keys()].sort((a, b) => b.length - a.length)
  if (listed.length === 0) return (text) => text
  const one = (values: readonly string[]): string => (values.length === 0 ? '(?!)' : values.map(literal).join('|'))
  const telling = listed.filter((name) => name.length > 1 && !VOCABULARY.has(name))
  const anywhere = new RegExp(`(?<![\\p{L}\\d_])(?:${one(telling)})(?![\\p{L}\\d_])`, 'giu')
  const marked = new RegExp(
    `(["'\`]|--(?:job|credential|username) |\\b(?:job|folder|username|as) )(${one(listed)})(?=["'\`,;:)\\s]|$)`,
    'giu',
  )
  const wordOf = (name: string): string => words.get(name.toLowerCase()) ?? name
  const fixed = new RegExp(`((?<![\\w-])(?:${PUBLIC_WORDS.map(({ source }) => source).join('|')}))`, 'g')
  return (text) =>
    text
      .replace(marked, (_, mark: string, name: string) => mark + (MARKED.get(mark.trim()) ?? wordOf(name)))
      .split(fixed)
      .map((piece, index) => (index % 2 === 1 ? piece : piece.replace(anywhere, wordOf)))
      .join('')
}

function wordsOf(names: PrivateNames): ReadonlyMap<string, string> {
  const { repositories, workspaces, usernames, jobs, credentialIds } = names
  const folders = jobs.flatMap((job) =>
    job
      .split('/')
      .slice(0, -1)
      .map((_, index) =>
        job
          .split('/')
          .slice(0, index + 1)
          .join('/'),
      ),
  )
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['REPOSITORY', repositories.map(({ slug }) => slug)],
    ['FOLDER', folders],
    ['WORKSPACE', [...workspaces, ...repositories.map(({ workspace }) => workspace)]],
    ['USERNAME', usernames.filter((name) => anonymousUsername(name) === 'USERNAME')],
    ['CREDENTIAL', credentialIds],
    ['JOB', jobs],
    [
      'WORKSPACE/REPOSITORY',
      repositories.flatMap(({ workspace, slug }) => (slug === '' ? [] : [`${workspace}/${slug}`])),
    ],
  ]
  return new Map(
    rows.flatMap(([word, values]) =>
      values.filter((value) => value !== '').map((value) => [value.toLowerCase(), word]),
    ),
  )
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
