import { scope } from '../bitbucket/scopes.ts'
import type { Scope } from '../model/answer.ts'
import type { ConsumerId } from '../model/place.ts'

/** What a tool needs on REST as its own documentation or code has it, beyond what was seen of it. */
export interface ToolScopes {
  readonly scopes: readonly Scope[]
  /** Of a tool that asks REST although it signs in to git alone: a check of its own. */
  readonly beside?: true
  /** For settings that nothing here tells. */
  readonly optional?: { readonly scopes: readonly Scope[]; readonly when: string }
}

const R = 'read:repository'
const W = 'write:repository'
const PR = 'read:pullrequest'
const PW = 'write:pullrequest'
const U = 'read:user'
const WS = 'read:workspace'
const P = 'read:project'
const HR = 'read:webhook'
const HW = 'write:webhook'

function needs(scopes: readonly string[], optional: readonly string[] = [], when = ''): ToolScopes {
  const needed = { scopes: scopes.map(scope) }
  return optional.length === 0 ? needed : { ...needed, optional: { scopes: optional.map(scope), when } }
}

const LISTING = needs([U, WS, R])
const WEBHOOKS = 'it manages webhooks'

/** The table of docs/tools.md, "Scopes"; sources on the pages of the consumers. */
export const TOOL_SCOPES: Readonly<Record<ConsumerId, ToolScopes>> = {
  'bitbucket-pullrequest-builder': needs([PR, W, R]),
  bamboo: needs([R, WS, U]),
  teamcity: needs([R, W], [PR], 'the pull request feature is on'),
  'azure-devops': needs([R, W, PR, PW, HR, HW]),
  codebuild: needs([R, PR, U], [HR, HW], WEBHOOKS),
  harness: needs([R, PR, WS]),
  'pipelines-as-code': needs([WS, PR, R, W, HR, HW]),
  argocd: needs([R]),
  'argocd-applicationset': needs([R, WS], [PR], 'the generator reads pull requests'),
  'flux-notification': needs([R, W]),
  'terraform-bitbucket': needs(
    [R],
    ['admin:repository', 'admin:pipeline', 'write:ssh-key'],
    'its resources ask for it',
  ),
  atlantis: needs([PR, PW, R], [U], 'it hides its old comments'),
  'ansible-bitbucket': needs(
    ['read:pipeline', 'admin:pipeline'],
    ['admin:repository', 'write:ssh-key'],
    'it sets access keys',
  ),
  renovate: needs([R, W, PR, PW, U, WS], ['read:issue', 'write:issue'], 'it writes into the issue tracker'),
  snyk: needs([U, WS, R], [P, W, PR, PW, HR, HW], 'it opens pull requests or manages webhooks'),
  backstage: needs([R, WS, P, PR], [W], 'the scaffolder creates repositories'),
  sourcegraph: needs([R, WS]),
  sourcebot: needs([R, WS]),
  devlake: needs([U, WS, R, P, PR, 'read:issue', 'read:pipeline', 'read:runner']),
  danger: needs([PR, PW], [U], 'no UUID of the user is set'),
  'pr-agent': needs([PR, PW, R]),
  reviewdog: needs([R, W]),
  airbyte: needs([R, PR, WS, U]),
  n8n: needs([U, R, HR, HW]),
  'git-town': needs([U, R, PR, PW]),
  openhands: needs([U, WS, R, W, PR, PW]),
  bb: needs([U, R, PR], [PW, 'read:pipeline', 'write:pipeline'], 'it is used to change something'),
  bkt: needs([U, R, PR], [PW, 'read:pipeline', 'write:pipeline'], 'it is used to change something'),
  'bbucket-cli': needs([U, R, PR], [PW, 'read:pipeline', 'write:pipeline'], 'it is used to change something'),
  'bitbucket-cli': needs([U, R, PR], [PW, 'read:pipeline', 'write:pipeline'], 'it is used to change something'),
  ghorg: LISTING,
  gitbackup: LISTING,
  gickup: LISTING,
  'all-repos': LISTING,
  bucketcloner: LISTING,
  'gh-bbc-exporter': LISTING,
  'scm-backup': LISTING,
  kingfisher: needs([R, WS]),
  trufflehog: needs([R, WS]),
  mcp: needs([R, PR, WS, U], [PW], 'it writes'),
  packistry: needs([R, WS]),
  gcm: { ...needs([], [U], 'it checks what it has stored'), beside: true },
  dokploy: needs([R, WS], [HR, HW], WEBHOOKS),
  'tokens-studio': needs([R, W]),
  weblate: needs([R, W, PR, PW]),
  'electron-builder': needs([R, W]),
  'electron-forge': needs([R, W]),
  'bitbucket-pipes': needs([R, W]),
}
