/** Names that belong to a person or an organisation, as far as a consultation knows them. */
export interface PrivateNames {
  readonly workspaces: readonly string[]
  readonly repositories: readonly string[]
  readonly usernames: readonly string[]
  readonly jobs: readonly string[]
  readonly credentialIds: readonly string[]
}

/** Hosts that everybody may read: the services themselves. */
const PUBLIC_HOST = /^(?:[\w-]+\.)*(?:bitbucket\.org|atlassian\.com)$/i
const FIXED_USERNAMES: readonly string[] = ['x-bitbucket-api-token-auth', 'x-token-auth']

/** Takes the names of hosts, people, workspaces, jobs and folders out of a text; one name becomes one and the same word. */
export function anonymous(text: string, names: PrivateNames): string {
  const rows: readonly (readonly [readonly string[], string])[] = [
    [pairsOf(names), 'WORKSPACE/REPOSITORY'],
    [names.jobs, 'JOB'],
    [names.credentialIds, 'CREDENTIAL'],
    [names.workspaces, 'WORKSPACE'],
    [names.usernames.filter((name) => !FIXED_USERNAMES.includes(name) && !name.startsWith('<')), 'USERNAME'],
  ]
  const named = rows.reduce((rest, [values, word]) => withWord(rest, values, word), withoutFolders(withoutHosts(text)))
  return named.replace(/(WORKSPACE[/-])[\w.-]+?(?=\.git\b|[^\w.-]|$)/g, '$1REPOSITORY')
}

function pairsOf({ workspaces, repositories }: PrivateNames): readonly string[] {
  return workspaces.flatMap((workspace) => repositories.map((slug) => `${workspace}/${slug}`))
}

/** Longest first, so that `team/app` goes before `team`; whole words only. */
function withWord(text: string, values: readonly string[], word: string): string {
  return [...new Set(values)]
    .filter((value) => value !== '')
    .sort((a, b) => b.length - a.length)
    .reduce((rest, value) => rest.replace(new RegExp(`(?<![\\w])${literal(value)}(?![\\w])`, 'g'), word), text)
}

function withoutHosts(text: string): string {
  const seen: string[] = []
  const numbered = (host: string): string => {
    if (PUBLIC_HOST.test(host)) return host
    if (/\.atlassian\.net$/i.test(host)) return 'SITE.atlassian.net'
    if (!seen.includes(host.toLowerCase())) seen.push(host.toLowerCase())
    return `host-${seen.indexOf(host.toLowerCase()) + 1}`
  }
  return text
    .replace(
      /(\bhttps?:\/\/(?:[^\s/@]*@)?)(\[[\da-f:]+\]|[\w.-]+)(:\d+)?/gi,
      (_, before: string, host: string) => before + numbered(host),
    )
    .replace(
      /(\bhost(?:name)?:? )([\w-]+(?:\.[\w-]+)+)/gi,
      (_, before: string, host: string) => before + numbered(host),
    )
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b(?::\d+)?/g, (address) => numbered(address))
}

/** Of a path only its last part tells something: `.netrc`, `config.xml`. */
function withoutFolders(text: string): string {
  return text
    .replace(/(?<![\w/:.])(?:\/[\w.@+~-]+)+\/([\w.@+~-]+)/g, '.../$1')
    .replace(/\b[A-Z]:\\(?:[^\s\\]+\\)*([^\s\\]+)/g, '.../$1')
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
