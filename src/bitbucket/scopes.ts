import type { Scope } from '../model/answer.ts'
import type { RestResource, Use } from '../model/use.ts'

/** A scope with its suffix: `read:repository` is `read:repository:bitbucket`. */
export const scope = (name: string): Scope => `${name}:bitbucket`

/** Fetching needs to read, pushing needs both: no scope includes another (docs/bitbucket-authentication.md, "Scopes"). */
const FETCH = ['read:repository']
const PUSH = ['read:repository', 'write:repository']

/** What Jenkins' Bitbucket Branch Source asks for in its user guide, without webhook management. */
export const BRANCH_SOURCE_SCOPES: readonly Scope[] = [
  'read:repository',
  'read:project',
  'read:pullrequest',
  'read:workspace',
].map(scope)

interface Needed {
  readonly read: readonly string[]
  readonly write: readonly string[]
  /** Absent: as to write. */
  readonly delete?: readonly string[]
}

const same = (...scopes: readonly string[]): Needed => ({ read: scopes, write: scopes })
const readAndWrite = (name: string): Needed => ({ read: [`read:${name}`], write: [`read:${name}`, `write:${name}`] })
const withDelete = (name: string): Needed => ({ ...readAndWrite(name), delete: [`delete:${name}`] })
/** What `admin` is needed for, and to change the keys or permissions that belong to it one scope more. */
const administered = (admin: string, read: string, more: string): Needed => ({
  read: [read],
  write: [admin, `write:${more}`],
  delete: [admin, `delete:${more}`],
})

/** Scopes per resource of REST 2.0, as the OpenAPI document of Bitbucket declares them (docs/bitbucket-authentication.md, "Scopes"). */
const REST: Readonly<Record<RestResource, Needed>> = {
  repository: readAndWrite('repository'),
  'repository itself': { read: ['read:repository'], write: ['admin:repository'], delete: ['delete:repository'] },
  // Branch restrictions and the switch of Pipelines: to read them takes the same as to change them.
  'repository settings': same('admin:repository'),
  'repository permissions': administered('admin:repository', 'read:repository', 'permission'),
  'access key': administered('admin:repository', 'admin:repository', 'ssh-key'),
  'default reviewer': { read: ['read:pullrequest'], write: ['admin:repository'] },
  'commit note': same('read:repository'),
  'build status': same('read:repository'),
  download: readAndWrite('repository'),
  'pull request': readAndWrite('pullrequest'),
  'pull request comment': same('read:pullrequest'),
  webhook: withDelete('webhook'),
  pipeline: readAndWrite('pipeline'),
  'pipeline settings': { read: ['read:pipeline'], write: ['admin:pipeline'] },
  'pipeline variable': { read: ['read:pipeline'], write: ['admin:pipeline'] },
  runner: readAndWrite('runner'),
  issue: withDelete('issue'),
  project: { read: ['read:project'], write: ['admin:project'] },
  'project settings': same('admin:project'),
  'project permissions': administered('admin:project', 'read:project', 'permission'),
  'project access key': administered('admin:project', 'admin:project', 'ssh-key'),
  'project reviewer': { read: ['read:pullrequest'], write: ['admin:project'] },
  workspace: same('read:workspace'),
  user: same('read:user'),
  'ssh key': withDelete('ssh-key'),
  'gpg key': withDelete('gpg-key'),
  snippet: withDelete('snippet'),
  'snippet part': readAndWrite('snippet'),
  // No scope is published for writing one.
  'application property': { read: ['admin:workspace'], write: [] },
}

/** Least scopes for one use. A request whose method is not known is taken for reading: a scope too many is never taken back. */
export function scopesOfUse({ operation, access, resource }: Omit<Use, 'by'>): readonly Scope[] {
  if (operation === 'git-push') return PUSH.map(scope)
  if (operation !== 'rest') return FETCH.map(scope)
  const needed = REST[resource ?? 'repository']
  return (needed[access ?? 'read'] ?? needed.write).map(scope)
}

/**
 * The same with what must go along: nobody writes or deletes what they cannot read. To change what belongs to Pipelines takes `admin`, and to
 * find it `read`. Sorted, each once.
 */
export function withReading(scopes: readonly Scope[]): readonly Scope[] {
  const reads = scopes.flatMap((one) => {
    const resource = /^(?:(?:write|delete):([a-z-]+)|admin:(pipeline)):bitbucket$/.exec(one)
    const name = resource?.[1] ?? resource?.[2]
    return name === undefined || name === 'permission' ? [] : [scope(`read:${name}`)]
  })
  return [...new Set([...scopes, ...reads])].sort()
}

/**
 * What the headers of an access token call its scopes, in the names of API tokens. To write implies to read there, and pull requests
 * imply the repository (docs/bitbucket-authentication.md, "Scopes").
 */
const OF_ACCESS_TOKENS: Readonly<Record<string, readonly string[]>> = {
  repository: ['read:repository'],
  'repository:write': ['read:repository', 'write:repository'],
  'repository:admin': ['admin:repository'],
  'repository:delete': ['delete:repository'],
  pullrequest: ['read:pullrequest', 'read:repository'],
  'pullrequest:write': ['read:pullrequest', 'write:pullrequest', 'read:repository', 'write:repository'],
  webhook: ['read:webhook', 'write:webhook', 'delete:webhook'],
  pipeline: ['read:pipeline'],
  'pipeline:write': ['read:pipeline', 'write:pipeline'],
  'pipeline:variable': ['read:pipeline', 'admin:pipeline'],
  runner: ['read:runner'],
  'runner:write': ['read:runner', 'write:runner'],
  project: ['read:project', 'read:repository'],
  'project:admin': ['admin:project'],
  account: ['read:user', 'read:workspace'],
}

/** Scopes as a token reports them, in the names of API tokens; a name that is not known stays. */
export function inNamesOfApiTokens(granted: readonly Scope[]): readonly Scope[] {
  return granted.flatMap((one) =>
    Object.hasOwn(OF_ACCESS_TOKENS, one) ? (OF_ACCESS_TOKENS[one]?.map(scope) ?? []) : [one],
  )
}

type Paths = readonly (readonly [RegExp, RestResource])[]

/** The first that matches counts. */
const BELOW_REPOSITORY: Paths = [
  [/^$/, 'repository itself'],
  [/(?:^|\/)properties\/[^/]+\/[^/]+$/, 'application property'],
  [/^commit\/[^/]+\/statuses\b/, 'build status'],
  [/^(?:commit\/[^/]+\/(?:comments|reports)|commits)\b/, 'commit note'],
  [/^commit\/[^/]+\/pullrequests\b/, 'pull request'],
  [/^downloads\b/, 'download'],
  [/^pullrequests\/[^/]+\/(?:comments|tasks)\b/, 'pull request comment'],
  [/^(?:pullrequests|effective-default-reviewers)\b/, 'pull request'],
  [/^default-reviewers\b/, 'default reviewer'],
  [/^hooks\b/, 'webhook'],
  [/^(?:pipelines_config|deployments_config\/environments\/[^/]+)\/variables\b/, 'pipeline variable'],
  [/^pipelines-config\/runners\b/, 'runner'],
  [/^deploy-keys\b/, 'access key'],
  [/^permissions-config\b/, 'repository permissions'],
  [/^(?:branch-restrictions|branching-model\/settings|override-settings|pipelines_config$)/, 'repository settings'],
  [/^(?:pipelines_config\/(?:build_number|ssh)|environments)\b/, 'pipeline settings'],
  [/^(?:pipelines|pipelines_config|pipelines-config|deployments)\b/, 'pipeline'],
  [/^issues\b/, 'issue'],
]

const BELOW_WORKSPACE: Paths = [
  [/^hooks\b/, 'webhook'],
  [/^projects\/[^/]+\/branching-model\/settings\b/, 'project settings'],
  [/^projects\/[^/]+\/branching-model\b/, 'repository'],
  [/^projects\/[^/]+\/deploy-keys\b/, 'project access key'],
  [/^projects\/[^/]+\/permissions-config\b/, 'project permissions'],
  [/^projects\/[^/]+\/default-reviewers\b/, 'project reviewer'],
  [/^projects\b/, 'project'],
  [/^pipelines-config\/variables\b/, 'pipeline variable'],
  [/^pipelines-config\/runners\b/, 'runner'],
  [/^pullrequests\b/, 'pull request'],
  [/^(?:search\/code|permissions\/repositories)\b/, 'repository'],
]

/** Below `/user` and `/users/{user}`. */
const BELOW_USER: Paths = [
  [/(?:^|\/)(?:search\/code|permissions\/repositories)\b/, 'repository'],
  [/^(?:workspaces|permissions\/workspaces)\b/, 'workspace'],
  [/^ssh-keys\b/, 'ssh key'],
  [/^gpg-keys\b/, 'gpg key'],
  [/^properties\/[^/]+\/[^/]+$/, 'application property'],
]

/**
 * What a path of REST is about: `/2.0/repositories/acme/app/pullrequests/7`. Absent: a repository, or nothing that is known. Where a variable
 * holds workspace and name in one (`$BITBUCKET_REPO_FULL_NAME`), what follows tells.
 */
export function resourceOfPath(path: string): RestResource | undefined {
  const [kind, ...parts] = path
    .replace(/^\/?(?:2\.0\/)?/, '')
    .replace(/\/+$/, '')
    .split('/')
  const after = (count: number): string => parts.slice(count).join('/')
  const among = (paths: Paths, rest: string): RestResource | undefined =>
    paths.find(([pattern]) => pattern.test(rest))?.[1]
  switch (kind) {
    case 'repositories':
      return ofRepository(parts)
    case 'workspaces':
      return among(BELOW_WORKSPACE, after(1)) ?? 'workspace'
    case 'user':
      return among(BELOW_USER, after(0)) ?? 'user'
    case 'users':
      return among(BELOW_USER, after(1)) ?? 'user'
    case 'snippets':
      return parts.length > 2 ? 'snippet part' : 'snippet'
    default:
      return undefined
  }
}

const FIRST_BELOW =
  /^(?:commits?|downloads|pullrequests|(?:effective-)?default-reviewers|hooks|pipelines(?:[_-]config)?|deployments(?:_config)?|environments|deploy-keys|permissions-config|branch-restrictions|branching-model|override-settings|issues|src|refs|diff|diffstat|patch|forks)$/

function ofRepository(parts: readonly string[]): RestResource | undefined {
  const [first = '', second = '', ...rest] = parts
  const isFullName = /[$%{]/.test(first) && FIRST_BELOW.test(second)
  const below = isFullName ? [second, ...rest] : rest
  // A command in it hides what follows.
  if (second === '' || /[(`]/.test(first + second)) return undefined
  return BELOW_REPOSITORY.find(([pattern]) => pattern.test(below.join('/')))?.[1]
}
