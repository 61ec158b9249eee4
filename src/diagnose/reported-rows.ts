import type { DiagnosisCode } from '../model/diagnosis.ts'

/** A: combinations of answers. F: the ten failures that people report most. L: lines of a log. */
export type RowId = `${'A' | 'F' | 'L'}${number}`

/** One failure as people meet it. Every row is decided by the rules, and played by at least one test in `test/live`. */
export interface ReportedRow {
  readonly id: RowId
  /** What is observed. */
  readonly says: string
  /** What it can be; the first is the usual one. */
  readonly codes: readonly DiagnosisCode[]
  readonly source: string
}

const AUTH = 'docs/bitbucket-authentication.md'
const USING = 'support.atlassian.com/bitbucket-cloud/docs/using-api-tokens'
const SCOPES = 'support.atlassian.com/bitbucket-cloud/docs/api-token-permissions'
const KB_403 = 'confluence.atlassian.com/bbkb/error-403-when-performing-git-operations-1155479141.html'

const row = (id: RowId, says: string, source: string, ...codes: readonly DiagnosisCode[]): ReportedRow => ({
  id,
  says,
  codes,
  source,
})

const COMBINATIONS: readonly ReportedRow[] = [
  row(
    'A1',
    'the secret begins with ATBB, or git says 410 and CHANGE-3222, or REST says that app passwords are deprecated',
    'developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-3222',
    'D101',
    'D112',
  ),
  row(
    'A2',
    'the 410 of git stays after the credential was replaced',
    'git, http.c: handle_curl_result',
    'D111',
    'D112',
  ),
  row('A3', 'REST: "must be used with an atlassian registered email"', USING, 'D116'),
  row('A4', 'REST: "has no Bitbucket scopes"', USING, 'D104', 'D102', 'D103'),
  row('A5', 'REST refuses the token as Bearer and accepts it under the e-mail', USING, 'D121'),
  row('A6', 'REST refuses the token under the e-mail and as Bearer, and its copy is whole', USING, 'D108'),
  row('A7', 'the checksum of the secret does not fit', AUTH, 'D109'),
  row(
    'A8',
    'REST: 401 with an empty body, and the secret has the shape of no token',
    'support.atlassian.com/bitbucket-cloud/kb/getting-401-http-error-while-authenticating-to-bitbucket-cloud-rest-apis',
    'D122',
  ),
  row(
    'A9',
    'REST: 401 with the realm OAuth, or "Access token expired"',
    'developer.atlassian.com/cloud/bitbucket/oauth-2',
    'D123',
  ),
  row('A10', 'REST: 403 with the scopes that are required', SCOPES, 'D105'),
  row('A11', 'REST: 403 "Forbidden" on a path without /2.0', 'github.com/avivsinai/bitbucket-cli/issues/70', 'D124'),
  row(
    'A12',
    'REST: 403 on /2.0/user, and the credential type is an access token',
    'support.atlassian.com/bitbucket-cloud/docs/using-access-tokens',
    'D125',
  ),
  row('A13', 'REST: 404 "You may not have access", and /2.0/user is answered', AUTH, 'D115'),
  row('A14', 'REST: the same 404, and no credential type in the reply', AUTH, 'D126'),
  row('A15', 'REST: 410 with CHANGE-2770', 'developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-2770', 'D127'),
  row('A16', 'REST: 429', 'support.atlassian.com/bitbucket-cloud/docs/api-request-limits', 'D128'),
  row('A17', 'git: 401, the username is an e-mail, and REST accepts the token', USING, 'D106'),
  row(
    'A18',
    'git: 401 under every name, and REST says "no Bitbucket scopes"',
    'community.atlassian.com qaq-p/3213684',
    'D104',
    'D102',
    'D103',
  ),
  row('A19', 'git: 401, and the fixed username is accepted', USING, 'D107'),
  row(
    'A20',
    'git: 401 under the fixed username of API tokens, and REST accepts the token',
    'support.atlassian.com/bitbucket-cloud/docs/using-access-tokens',
    'D117',
    'D115',
  ),
  row('A21', 'git: 403 "lack one or more required privilege scopes"', SCOPES, 'D105'),
  row('A22', 'fetching works and pushing is refused with the same text', SCOPES, 'D105'),
  row('A23', 'git: 403 "an admin must whitelist your IP"', KB_403, 'D120'),
  row('A24', 'git: 403 "enable two-step authentication"', KB_403, 'D120'),
  row('A25', 'git: 403 "either does not exist or you do not have access"', KB_403, 'D115'),
  row(
    'A26',
    'pushing: "has exceeded its user limit"',
    'support.atlassian.com/bitbucket-cloud/kb/fix-error-your-push-failed-because-the-account-has-exceeded-its-user-limit',
    'D129',
  ),
  row('A27', 'git: 429 or 403 "Too many" attempts', 'bitbucket.org/site/master/issues/14735', 'D130'),
  row('A28', 'git: "could not read Username", terminal prompts disabled', AUTH, 'D118', 'D110', 'D112'),
  row('A29', 'fetching works with any secret', AUTH, 'D119'),
  row(
    'A30',
    'Git Credential Manager asks every time, and git works after that',
    'Git Credential Manager, BitbucketHostProvider.cs',
    'D131',
  ),
  row(
    'A31',
    'Jenkins does not offer the credential to a branch source',
    'bitbucket-branch-source-plugin, pull request 1220',
    'D132',
  ),
  row(
    'A32',
    'it works outside certain hours only, before 28 July 2026',
    'community.atlassian.com, the announcement of the brown-outs',
    'D101',
  ),
]

const REPORTED: readonly ReportedRow[] = [
  row(
    'F1',
    'one field holds the username for git and for REST, and it is the e-mail',
    'github.com/renovatebot/renovate/discussions/36503, github.com/composer/composer/issues/12482',
    'D106',
  ),
  row('F2', 'the tool is older than API tokens', 'bitbucket-branch-source-plugin, JENKINS-75772', 'D133'),
  row(
    'F3',
    'REST is asked with the Bitbucket username or the fixed username of git',
    'support.atlassian.com/bamboo/kb/bitbucket-cloud-repository-configuration-fails-in-bamboo-with-api-tokens',
    'D116',
  ),
  row(
    'F4',
    'the token was created without scopes, or for another app',
    'community.atlassian.com qaq-p/3213684',
    'D104',
    'D102',
    'D103',
  ),
  row(
    'F5',
    'a scope is missing: write without read, or no read:user for /2.0/user',
    'community.atlassian.com qaa-p/3129221',
    'D105',
  ),
  row(
    'F6',
    'Bearer where Basic is wanted, or Basic for an access token',
    'github.com/avivsinai/bitbucket-cli/issues/293',
    'D121',
    'D117',
  ),
  row(
    'F7',
    'a raw @ of the e-mail, or a raw / of the secret, in a URL',
    'github.com/PrefectHQ/prefect/issues/19424',
    'D134',
  ),
  row(
    'F8',
    'a removed listing is taken for a refused credential',
    'github.com/woodpecker-ci/woodpecker/issues/6494',
    'D127',
  ),
  row(
    'F9',
    'an old credential is stored and git never asks again',
    'github.com/git-ecosystem/git-credential-manager/issues/1119',
    'D111',
    'D101',
  ),
  row(
    'F10',
    'the fixed username of the other kind of token',
    'github.com/apache/incubator-devlake/issues/8700',
    'D117',
  ),
]

const GIT_CLIENT = 'git-client-plugin, CliGitAPIImpl'
const BRANCH_SOURCE = 'bitbucket-branch-source-plugin'

const LOG_LINES: readonly ReportedRow[] = [
  row('L1', 'Warning: CredentialId "..." could not be found.', 'git-plugin, GitSCM', 'D113'),
  row('L2', 'No credentials specified', 'git-plugin, GitSCM', 'D118'),
  row('L3', 'using credential ..., and no GIT_ASKPASS before the fetch', GIT_CLIENT, 'D190'),
  row('L4', 'using GIT_ASKPASS to set credentials User API token for ...', BRANCH_SOURCE, 'D190', 'D104'),
  row('L5', 'using GIT_ASKPASS to set credentials OAuth2 token, or HTTP Access Token, for ...', BRANCH_SOURCE, 'D190'),
  row('L6', ' > git ... https://user@...', GIT_CLIENT, 'D190', 'D110'),
  row(
    'L7',
    'remote: CHANGE-3222, or returned error: 410',
    'developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-3222',
    'D101',
    'D111',
    'D190',
  ),
  row(
    'L8',
    'lack one or more required privilege scopes, or returned error: 403 without a text of Bitbucket',
    SCOPES,
    'D105',
    'D190',
  ),
  row('L9', 'remote: You may not have access to this repository', 'community.atlassian.com qaq-p/3213684', 'D190'),
  row('L10', "fatal: Authentication failed for '...'", 'git, remote-curl.c', 'D190'),
  row('L11', 'could not read Username, terminal prompts disabled', 'git, credential.c', 'D118', 'D190'),
  row('L12', "fatal: repository '...' not found", 'git, remote-curl.c', 'D115'),
  row(
    'L13',
    'Could not resolve host, Connection timed out, SSL certificate problem, Proxy CONNECT aborted, returned error: 407',
    'curl and git',
    'D135',
  ),
  row('L14', 'TransportException: ...: not authorized', 'JGit, TransportHttp', 'D190'),
  row('L15', 'Permission denied (publickey), or using GIT_SSH', GIT_CLIENT, 'D136'),
  row(
    'L16',
    'BitbucketRequestException: HTTP request error, Status: 401',
    BRANCH_SOURCE,
    'D101',
    'D116',
    'D104',
    'D190',
  ),
  row('L17', 'IllegalStateException: No credentialsId ... found for project', BRANCH_SOURCE, 'D132'),
  row('L18', 'with no credentials, anonymous access', BRANCH_SOURCE, 'D113'),
  row('L19', 'Looking up repositories of user ..., where it was a team', BRANCH_SOURCE, 'D137'),
  row(
    'L20',
    "Could not find credentials entry with ID '...', or is of type ... where ... was expected",
    'credentials-binding-plugin, CredentialNotFoundException',
    'D113',
  ),
  row(
    'L21',
    'returned error: 429, or Rate limit for this resource',
    'support.atlassian.com/bitbucket-cloud/docs/api-request-limits',
    'D128',
  ),
  row(
    'L22',
    'Could not fetch branches from source, or sources from navigator',
    'branch-api-plugin',
    'D190',
    'D101',
    'D104',
  ),
]

export const REPORTED_ROWS: readonly ReportedRow[] = [...COMBINATIONS, ...REPORTED, ...LOG_LINES]
