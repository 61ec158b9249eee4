import type { Scope } from '../model/answer.ts'
import type { RestResource, Use } from '../model/use.ts'

/** A scope with its suffix: `read:repository` is `read:repository:bitbucket`. */
export const scope = (name: string): Scope => `${name}:bitbucket`

/** Fetching needs to read, pushing needs both: no scope includes another (docs/bitbucket-authentication.md, "Scopes"). */
const FETCH = ['read:repository']
const PUSH = ['read:repository', 'write:repository']

interface Needed {
  readonly read: readonly string[]
  readonly write: readonly string[]
}

/** Scopes per resource of REST 2.0, as the OpenAPI document of Bitbucket declares them (docs/bitbucket-authentication.md, "Scopes"). */
const REST: Readonly<Record<RestResource, Needed>> = {
  repository: { read: ['read:repository'], write: ['read:repository', 'write:repository'] },
  // Branch restrictions, deploy keys and the switch of Pipelines: to read them takes the same as to change them.
  'repository settings': { read: ['admin:repository'], write: ['admin:repository'] },
  'build status': { read: ['read:repository'], write: ['read:repository'] },
  download: { read: ['read:repository'], write: ['read:repository', 'write:repository'] },
  'pull request': { read: ['read:pullrequest'], write: ['read:pullrequest', 'write:pullrequest'] },
  'pull request comment': { read: ['read:pullrequest'], write: ['read:pullrequest'] },
  webhook: { read: ['read:webhook'], write: ['read:webhook', 'write:webhook'] },
  pipeline: { read: ['read:pipeline'], write: ['read:pipeline', 'write:pipeline'] },
  'pipeline variable': { read: ['read:pipeline'], write: ['admin:pipeline'] },
  runner: { read: ['read:runner'], write: ['read:runner', 'write:runner'] },
  issue: { read: ['read:issue'], write: ['read:issue', 'write:issue'] },
  project: { read: ['read:project'], write: ['admin:project'] },
  workspace: { read: ['read:workspace'], write: ['read:workspace'] },
  user: { read: ['read:user'], write: ['read:user'] },
  snippet: { read: ['read:snippet'], write: ['read:snippet', 'write:snippet'] },
}

/** Least scopes for one use. A request whose method is not known is taken for reading: a scope too many is never taken back. */
export function scopesOfUse({ operation, access, resource }: Omit<Use, 'by'>): readonly Scope[] {
  if (operation === 'git-push') return PUSH.map(scope)
  if (operation !== 'rest') return FETCH.map(scope)
  return REST[resource ?? 'repository'][access ?? 'read'].map(scope)
}

/** The same with what must go along: nobody writes or deletes what they cannot read. Sorted, each once. */
export function withReading(scopes: readonly Scope[]): readonly Scope[] {
  const reads = scopes.flatMap((one) => {
    const resource = /^(?:write|delete):([a-z-]+):bitbucket$/.exec(one)?.[1]
    return resource === undefined || resource === 'permission' ? [] : [scope(`read:${resource}`)]
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

const BELOW_REPOSITORY: readonly (readonly [RegExp, RestResource])[] = [
  [/^commit\/[^/]+\/statuses\b/, 'build status'],
  [/^downloads\b/, 'download'],
  [/^pullrequests\/[^/]+\/(?:comments|tasks)\b/, 'pull request comment'],
  [/^(?:pullrequests|default-reviewers|effective-default-reviewers)\b/, 'pull request'],
  [/^hooks\b/, 'webhook'],
  [/^(?:pipelines_config|deployments_config\/environments\/[^/]+)\/variables\b/, 'pipeline variable'],
  [/^pipelines-config\/runners\b/, 'runner'],
  [
    /^(?:branch-restrictions|branching-model\/settings|deploy-keys|override-settings|pipelines_config\/?$)/,
    'repository settings',
  ],
  [/^(?:pipelines|pipelines_config|pipelines-config|environments|deployments)\b/, 'pipeline'],
  [/^issues\b/, 'issue'],
]

const BELOW_WORKSPACE: readonly (readonly [RegExp, RestResource])[] = [
  [/^hooks\b/, 'webhook'],
  [/^projects\b/, 'project'],
  [/^pipelines-config\/variables\b/, 'pipeline variable'],
  [/^pipelines-config\/runners\b/, 'runner'],
  [/^pullrequests\b/, 'pull request'],
]

/** What a path of REST is about: `/2.0/repositories/acme/app/pullrequests/7`. Absent: a repository, or nothing that is known. */
export function resourceOfPath(path: string): RestResource | undefined {
  const [kind, ...parts] = path.replace(/^\/?(?:2\.0\/)?/, '').split('/')
  const after = (count: number): string => parts.slice(count).join('/')
  if (kind === 'repositories') return BELOW_REPOSITORY.find(([pattern]) => pattern.test(after(2)))?.[1]
  if (kind === 'workspaces') return BELOW_WORKSPACE.find(([pattern]) => pattern.test(after(1)))?.[1] ?? 'workspace'
  if (kind === 'user' && /^workspaces\b/.test(after(0))) return 'workspace'
  if (kind === 'user' || kind === 'users') return 'user'
  return kind === 'snippets' ? 'snippet' : undefined
}
