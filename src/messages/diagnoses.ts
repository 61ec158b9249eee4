import type { Diagnosis, DiagnosisCode } from '../model/diagnosis.ts'

type Details = Diagnosis['details']

export interface DiagnosisWords {
  /** Fixed text without user data, so that it can be recognised and searched. */
  readonly headline: string
  readonly sentence: (details: Details) => string
  /** For `--explain`: what makes it so, and where that is written. */
  readonly why: string
  /** For the table of the docs: what it is told apart by. */
  readonly evidence: string
  /** For the table of the docs: what ends it. */
  readonly repair: string
}

const DOCS = 'docs/decision-table.md'

export const DIAGNOSIS_WORDS: Readonly<Record<DiagnosisCode, DiagnosisWords>> = {
  D100: {
    headline: 'The credential is right',
    sentence: (d) => `Bitbucket accepts it for ${useWords(d)}.`,
    why: 'An anonymous request was refused and the authenticated one was answered, so the credential made the difference. Source: measured with git 2.39.5 (test/clients).',
    evidence: 'the anonymous request is refused and the authenticated one is answered',
    repair: 'none',
  },
  D101: {
    headline: 'The secret is an app password',
    sentence: (d) =>
      `App passwords${ofOwner(d)} ended on 28 July 2026. No app password signs in any more, and none can be revived.`,
    why: 'CHANGE-3222: git answers 410 and REST 401. Git does not forget a stored app password after a 410. Source: developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-3222.',
    evidence:
      'git 410, REST 401 with CHANGE-3222, or the shape of a secret that is not accepted; in Jenkins, the controller is answered 410 with the credential and not without it',
    repair: 'a new token, then plan and apply; a helper that has the secret written into it is unset',
  },
  D102: {
    headline: 'The API token has no scopes',
    sentence: () => 'It was created with "Create API token". Bitbucket accepts tokens with scopes only.',
    why: 'The token page has two buttons. A token from "Create API token" works on Jira and Confluence sites and never on Bitbucket. Source: support.atlassian.com/bitbucket-cloud/docs/using-api-tokens.',
    evidence: '"no Bitbucket scopes", and a site of Atlassian accepts it',
    repair: 'a new token, created with scopes',
  },
  D103: {
    headline: 'The API token is for another app',
    sentence: () =>
      'It has scopes, and none of them is for Bitbucket. A token belongs to one app, chosen when it is created.',
    why: 'Bitbucket says that it has no Bitbucket scopes, and a site refuses it as it refuses every token with scopes. Source: support.atlassian.com/confluence/kb/scoped-api-tokens-in-confluence-cloud.',
    evidence: '"no Bitbucket scopes", and a site of Atlassian refuses it',
    repair: 'a new token for the app Bitbucket',
  },
  D104: {
    headline: 'The API token has no Bitbucket scopes',
    sentence: () =>
      'It was created without scopes, or for another app. Bitbucket has one answer for both, and the repair is the same.',
    why: 'REST answers 401 "API Token provided has no Bitbucket scopes". A site of the same account tells the two apart: it accepts a token without scopes and refuses one with scopes. Source: support.atlassian.com/confluence/kb/scoped-api-tokens-in-confluence-cloud.',
    evidence: '"no Bitbucket scopes"; a site named with --atlassian-site tells D102 from D103',
    repair: 'a new token with scopes, for the app Bitbucket',
  },
  D105: {
    headline: 'A scope is missing',
    sentence: (d) =>
      text(d, 'writeWithoutRead') === 'yes'
        ? 'The token may write and may not read. Writing does not include reading, so that git cannot even fetch.'
        : `For ${useWords(d)} the token lacks ${list(d, 'missing')}.`,
    why: 'No scope includes another: git needs read:repository:bitbucket to fetch, and that and write:repository:bitbucket to push. Scopes of a token cannot be edited. Source: support.atlassian.com/bitbucket-cloud/docs/api-token-permissions.',
    evidence: '403, with the granted scopes from the headers or the body of REST',
    repair: 'a new token with the scopes named; scopes of a token cannot be edited',
  },
  D106: {
    headline: 'Git does not take the e-mail as username',
    sentence: (d) => `The token is accepted under ${text(d, 'right')}. The e-mail is for REST only.`,
    why: 'One token needs two names: git takes the Bitbucket username or x-bitbucket-api-token-auth, REST takes the Atlassian e-mail. Source: support.atlassian.com/bitbucket-cloud/docs/using-api-tokens.',
    evidence: 'refused under the e-mail, accepted under x-bitbucket-api-token-auth',
    repair: 'plan and apply: the name changes, the secret stays',
  },
  D107: {
    headline: 'The username does not fit the token',
    sentence: (d) => `Git refuses the token under ${text(d, 'username')} and accepts it under ${text(d, 'right')}.`,
    why: 'The username must be the Bitbucket username of the owner, in its case. x-bitbucket-api-token-auth fits every API token. Source: support.atlassian.com/bitbucket-cloud/docs/using-api-tokens.',
    evidence: 'refused under the name, accepted under x-bitbucket-api-token-auth',
    repair: 'plan and apply: the name changes, the secret stays',
  },
  D108: {
    headline: 'The token is expired or revoked',
    sentence: () => 'Its copy is whole, and Bitbucket refuses it under every name and alone.',
    why: 'A living token is known under the e-mail or as Bearer, even when a scope is missing. An API token lives for a year at most; all created before 15 December 2024 have expired. Source: support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account.',
    evidence: 'git refuses it under the fixed name, REST under the e-mail and alone',
    repair: 'a new token',
  },
  D109: {
    headline: 'The secret was cut short or altered',
    sentence: (d) => `The stored copy is not the token: ${text(d, 'problem')}.`,
    why: 'An Atlassian token ends in a checksum (CRC-32) of the characters before it. Scripts that split at "=" cut it, and some tools store it percent-encoded. Source: DataDog/dd-sensitive-data-scanner, the published vectors.',
    evidence: 'checksum and shape of the stored copy, and it is not accepted',
    repair: 'copy it again',
  },
  D110: {
    headline: 'The URL or a setting decides the username',
    sentence: (d) => `Git sends ${text(d, 'username')}, and never the username stored with the credential${own(d)}.`,
    why: 'A username in the URL (or credential.username, or url.insteadOf) comes before every credential: git asks for the password of that user only, and helpers answer for that user only. Jenkins shows the URL without it in its error. Source: git, credential.c; measured with git 2.39.5.',
    evidence: 'the name that the URL or a setting pins differs from the one stored',
    repair: 'strip it: a command of git, or plan and apply for a job',
  },
  D111: {
    headline: 'An older credential is sent first',
    sentence: (d) =>
      `${text(d, 'where')} answers before ${text(d, 'behind')} is asked${text(d, 'forEver') === 'yes' ? ', on every run' : ''}.`,
    why: 'Git forgets a stored credential after a 401 and never after a 410, 403 or 404. An app password in a helper or in netrc is sent for ever. Jenkins does not switch these off for its builds. Source: git, http.c, handle_curl_result; measured with git 2.39.5.',
    evidence: 'a helper, netrc or URL that answers earlier holds a dead credential',
    repair: 'git credential reject, or replace the older one where it is',
  },
  D112: {
    headline: 'A header from the configuration replaces every credential',
    sentence: (d) => `${text(d, 'where')} sets http.extraHeader with an Authorization that Bitbucket refuses.`,
    why: 'http.extraHeader goes out with the first request and wins over the URL, netrc, helpers and askpass. Source: git-config, http.extraHeader.',
    evidence: 'http.extraHeader holds an Authorization that is refused',
    repair: 'unset it, or replace it where nothing is behind it',
  },
  D113: {
    headline: 'Jenkins does not find the credential',
    sentence: (d) => notFoundSentence(d),
    why: 'The id is wrong, lives in another folder, is limited to another domain, has the scope System, or is a Secret text, which the git plugin cannot use. The console shows one warning line, and the build goes on without a credential. Source: git-plugin, GitSCM.',
    evidence:
      'no store on the way holds the id, or the one that does is not for the job: its scope, its domain, its kind',
    repair: 'name the right id, or make the credential visible to the job',
  },
  D114: {
    headline: 'A credential of a nearer folder hides another of the same id',
    sentence: (d) => `The job gets "${text(d, 'id')}" of the ${text(d, 'store')}, not that of ${list(d, 'hidden')}.`,
    why: 'Jenkins looks in the nearest folder first, then upwards, then in the system store. Source: cloudbees-folder-plugin, FolderCredentialsProvider.',
    evidence: 'a nearer folder holds the same id, and the job fails',
    repair: 'replace or delete the nearer one',
  },
  D115: {
    headline: 'The owner of the token has no access',
    sentence: (d) =>
      `Bitbucket knows the token, and does not show it ${d['repository'] === undefined ? 'what was asked for' : text(d, 'repository')}.`,
    why: 'The owner lacks the permission, the URL is misspelt, the workspace was renamed, the token was made on another account, or it was limited to another workspace when it was created. Source: confluence.atlassian.com/bbkb/error-403-when-performing-git-operations-1155479141.html.',
    evidence: 'the token is recognised, and refused for the repository',
    repair: 'an administrator grants access',
  },
  D116: {
    headline: 'REST wants the e-mail as username',
    sentence: (d) => `REST refuses the token under ${text(d, 'username')}.`,
    why: 'REST takes an API token under the Atlassian e-mail, or alone as Bearer since August 2026. The fixed username of git is refused there. Source: support.atlassian.com/bitbucket-cloud/docs/using-api-tokens.',
    evidence: 'refused under the name, accepted under the e-mail or alone',
    repair: 'use the e-mail, or Bearer',
  },
  D117: {
    headline: 'The username is that of another kind of token',
    sentence: (d) =>
      `The secret is ${text(d, 'kind')}; it goes with ${text(d, 'right')}, not with ${text(d, 'username')}.`,
    why: 'Access tokens of a repository, project or workspace use x-token-auth with git and Bearer with REST. API tokens of a user use x-bitbucket-api-token-auth. Source: support.atlassian.com/bitbucket-cloud/docs/using-access-tokens.',
    evidence: 'refused, and accepted under the fixed name of its kind',
    repair: 'set that name',
  },
  D118: {
    headline: 'No credential reaches Bitbucket',
    sentence: (d) =>
      d['rest'] !== undefined
        ? 'REST is asked without one: ~/.netrc has no entry for api.bitbucket.org.'
        : d['held'] === undefined
          ? `${d['open'] === undefined ? 'The repository is private and nothing' : 'Nothing'} on the way holds a credential for it.`
          : `${d['open'] === undefined ? 'The repository is private. ' : ''}${text(d, 'held')} holds a credential, and git does not get it.`,
    why: 'Jenkins sets "echo" as askpass when a job names no credential, so that the error is "Authentication failed". Git on its own says "could not read Username". Source: git-client-plugin, CliGitAPIImpl; git, credential.c.',
    evidence: 'the repository is private, and nothing on the way holds a credential',
    repair: 'a new token, stored with the helper of git',
  },
  D119: {
    headline: 'The repository is public, so nothing was proved',
    sentence: () => 'Everybody can fetch it. Git sends no credential, right or wrong.',
    why: 'Git sends a credential only after it was asked for one with 401, which a public repository does not do. Source: measured with git 2.39.5 (test/clients).',
    evidence: 'the anonymous request is answered, and pushing does not know the credential',
    repair: 'ask with a private repository',
  },
  D120: {
    headline: 'Bitbucket refuses before the credential counts',
    sentence: (d) => `The reason is: ${text(d, 'reason')}. Another credential does not change that.`,
    why: 'A workspace can limit addresses and can require two-step verification of every member. Source: confluence.atlassian.com/bbkb/error-403-when-performing-git-operations-1155479141.html.',
    evidence: '403 with its text',
    repair: 'an administrator of the workspace or the owner of the token acts',
  },
  D121: {
    headline: 'REST does not take the token alone',
    sentence: () => 'It is accepted under the e-mail, and not as Bearer.',
    why: 'REST takes an API token as Bearer only since August 2026, and some paths and proxies still do not. Under the Atlassian e-mail it is accepted everywhere. Source: support.atlassian.com/bitbucket-cloud/docs/using-api-tokens.',
    evidence: 'refused as Bearer, accepted under the e-mail',
    repair: 'send it as Basic, with the e-mail as username',
  },
  D122: {
    headline: 'The secret is not a token of Bitbucket',
    sentence: () =>
      'It has the form of no token: a password of the account, an app password of the older form, or a secret of another system. None of these signs in.',
    why: 'Account passwords ended on 1 March 2022 and app passwords on 28 July 2026. The older app passwords have 20 characters and no prefix. Source: bitbucket.org/blog/deprecating-atlassian-account-password-for-bitbucket-api-and-git-activity.',
    evidence: 'the shape of the secret, and 401 under every name',
    repair: 'a new token, then plan and apply',
  },
  D123: {
    headline: 'The OAuth token has ended',
    sentence: () => 'An access token of OAuth lives for two hours, and this one is refused.',
    why: 'Bitbucket challenges with the realm OAuth, or says that the access token expired. Since 4 May 2026 the client-credentials grant gives no refresh token. Source: developer.atlassian.com/cloud/bitbucket/oauth-2.',
    evidence: '401 with the realm OAuth, or "Access token expired"',
    repair: 'ask for a new one where the tool gets it, or use an API token',
  },
  D124: {
    headline: 'The path is of the removed API 1.0',
    sentence: (d) => `${text(d, 'path')} is not part of REST API 2.0. No credential opens it.`,
    why: 'API 1.0 is gone, and answers 403 "Forbidden" to a good token. Paths of today begin with /2.0/. Source: developer.atlassian.com/cloud/bitbucket/rest/intro.',
    evidence: '403 "Forbidden" on a path without /2.0',
    repair: 'use the path of API 2.0',
  },
  D125: {
    headline: 'An access token has no user of its own',
    sentence: (d) =>
      `${text(d, 'path')} tells about a user, and this token belongs to a repository, a project or a workspace.`,
    why: 'Bitbucket answers 403 and names the credential type in a header. Everything inside the resource of the token works. Source: support.atlassian.com/bitbucket-cloud/docs/using-access-tokens.',
    evidence: '403, and x-credential-type names an access token',
    repair: 'check the token with a repository; a tool that needs a user needs an API token',
  },
  D126: {
    headline: 'The Authorization header does not arrive',
    sentence: () => 'Bitbucket answers as if nobody had signed in, although a credential was sent.',
    why: 'A reply to a known credential names its type in x-credential-type. A proxy, a redirect to another host or a client can drop the header on the way. Source: docs/bitbucket-authentication.md.',
    evidence: 'the same answer as without a credential, and no x-credential-type',
    repair: 'look at the proxy, or at the redirect, between this machine and Bitbucket',
  },
  D127: {
    headline: 'The REST path was removed',
    sentence: (d) => `Bitbucket removed ${text(d, 'path')} (${text(d, 'change')}). The credential is not the cause.`,
    why: 'Listings across workspaces ended on 14 April 2026 with CHANGE-2770, the issue tracker with CHANGE-3401. Source: developer.atlassian.com/cloud/bitbucket/changelog.',
    evidence: '410 with the number of a change',
    repair: 'use /2.0/user/workspaces and /2.0/repositories/WORKSPACE',
  },
  D128: {
    headline: 'Bitbucket limits the rate',
    sentence: () =>
      'Too many requests were made with this account within the hour. This says nothing about the credential.',
    why: 'All tokens of one account share one budget: 1,000 requests to repositories per hour, 60,000 of git. Bitbucket answers 429 and does not say how long to wait. Source: support.atlassian.com/bitbucket-cloud/docs/api-request-limits.',
    evidence: '429, three times in a row',
    repair: 'wait up to an hour, and look for the tool that asks so often',
  },
  D129: {
    headline: 'The workspace is over its user limit',
    sentence: (d) =>
      `${text(d, 'workspace')} is read-only until its plan fits its users. Another credential does not change that.`,
    why: 'Fetching works and pushing is refused with an alert. Source: support.atlassian.com/bitbucket-cloud/kb/fix-error-your-push-failed-because-the-account-has-exceeded-its-user-limit.',
    evidence: 'the alert, when pushing',
    repair: 'an administrator of the workspace changes the plan or the users',
  },
  D130: {
    headline: 'The account is locked after failed attempts',
    sentence: () =>
      'Something tried a dead credential too often. Bitbucket refuses every credential of the account for a while.',
    why: 'Bitbucket answers 429 or 403 with "Too many" attempts, for about 15 minutes. A build or a cron job that repeats a dead credential renews the lock. Source: bitbucket.org/site/master/issues/14735.',
    evidence: 'the text of the lock',
    repair: 'stop what repeats the dead credential, wait 15 minutes, ask again',
  },
  D131: {
    headline: 'Git Credential Manager drops what it stored',
    sentence: () =>
      'It checks a stored token with /2.0/user before it uses it. The check fails, and it asks again every time.',
    why: 'The manager asks GET /2.0/user as Bearer and as Basic with the name of git. That needs read:user:bitbucket. Source: Git Credential Manager, BitbucketHostProvider.cs.',
    evidence: 'the manager is the helper, git takes the token, and /2.0/user does not',
    repair: 'switch its check off, or create the token with read:user:bitbucket',
  },
  D132: {
    headline: 'Branch Source does not take the credential',
    sentence: (d) => `${text(d, 'problem')}. Branch Source goes on without a credential, and says nothing.`,
    why: 'Since 937.0.0 the plugin knows an API token by two marks: the username has a dot and an @, and the password has 192 characters. Since 937.3.4 it takes no other pair for Bitbucket Cloud, but for the key and secret of an OAuth consumer. The scan still names the credential in its log. Source: bitbucket-branch-source-plugin, pull request 1220, and BitbucketUserAPITokenCredentialMatcher.',
    evidence:
      'the check of the plugin itself (checkCredentialsId), or its version, the stored username and the secret that was given',
    repair: 'store the e-mail and the whole token, then scan again',
  },
  D133: {
    headline: 'The tool is too old for API tokens',
    sentence: (d) =>
      `${text(d, 'tool')} ${text(d, 'version')} is installed; API tokens need ${text(d, 'floor')}${d['recommended'] === undefined ? '' : `, and ${text(d, 'recommended')} or later is better`}.`,
    why: 'Before that version the tool sends one name to git and to REST, and an API token needs two: the e-mail for REST, the fixed username for git. No username cures that. Source: bitbucket-branch-source-plugin, JENKINS-75772.',
    evidence: 'the installed version, an API token in the credential, and a scan or build that fails',
    repair: 'upgrade the tool',
  },
  D134: {
    headline: 'The URL breaks at an unencoded character',
    sentence: (d) =>
      `${text(d, 'where')} holds ${text(d, 'character')} in its username or secret, so that git reads another host.`,
    why: 'In a URL the username and the secret end at @, / and :. Git and curl read the first @, other tools the last, so that the same URL works in one and fails in the other. Source: RFC 3986, 3.2.1.',
    evidence: 'the text of the URL',
    repair: 'write it percent-encoded, or take it out of the URL',
  },
  D135: {
    headline: 'The network fails before Bitbucket is reached',
    sentence: (d) => `${text(d, 'problem')}. This says nothing about the credential: leave it as it is.`,
    why: 'A name that does not resolve, a certificate that is not trusted or a proxy that refuses come before any credential is sent. Source: git, http.c; curl, lib/strerror.c.',
    evidence: 'the line of git, of curl or of the controller',
    repair: 'mend the network; leave the credential as it is',
  },
  D136: {
    headline: 'The repository is fetched over SSH',
    sentence: () => 'The SSH key was refused. Keys have nothing to do with app passwords or API tokens.',
    why: 'An SSH key is checked by bitbucket.org alone and needs neither app password nor token. Source: support.atlassian.com/bitbucket-cloud/docs/set-up-an-ssh-key.',
    evidence: '"Permission denied (publickey)", or GIT_SSH in the log of a fetch that failed',
    repair: 'look at the key of the account: https://bitbucket.org/account/settings/ssh-keys/',
  },
  D137: {
    headline: 'A scan cannot read the workspace',
    sentence: (d) =>
      d['known'] === undefined
        ? `The token lists repositories and may not read ${text(d, 'workspace')}. Jenkins then takes it for a user, lists only what that user administers, and deletes the other projects.`
        : `The scan took the workspace ${text(d, 'workspace')} for a user, because it was not shown it. It lists only what that user administers, and deletes the other projects.`,
    why: 'Branch Source swallows the refusal of the workspace, ends with SUCCESS, and the strategy for orphaned items removes the rest with its builds. The token lacks read:workspace:bitbucket, or the scan has no credential that Branch Source takes. Source: bitbucket-branch-source-plugin, issue 476, and BitbucketSCMNavigator.',
    evidence:
      'REST answers 403 for the workspace and 200 for its repositories, or the log of a scan names a user in place of a team',
    repair: 'no scan before a new token with read:workspace:bitbucket is stored',
  },
  D138: {
    headline: 'Configuration as code owns the credential',
    sentence: (d) =>
      `The YAML of the controller sets "${text(d, 'id')}" at each start and each reload. A change through the page, or by keyturn, lasts until then.`,
    why: 'Jenkins Configuration as Code sets the whole map of credentials of the system store when it is loaded. Source: configuration-as-code-plugin, issue 384 and pull request 556.',
    evidence: 'the plugin is there and names what it loads, and the id is in its export',
    repair: 'change the YAML and the secret that it names, and load it again',
  },
  D139: {
    headline: 'The password stored in Jenkins is too short for a token',
    sentence: (d) => `What is stored in "${text(d, 'id')}" is empty, or too short to be a token or an app password.`,
    why: 'Jenkins shows a credential without its secret, and takes that text back with status 200: whoever posts it stores white space as the secret. Jenkins encrypts in blocks of 16 bytes, so that one block holds 15 characters at most. Source: credentials-plugin, CredentialsStoreAction.',
    evidence: 'the length of the stored ciphertext',
    repair: 'store the token again',
  },
  D190: {
    headline: 'One of several causes',
    sentence: (d) => `What was asked does not tell them apart: ${causes(d)}.`,
    why: 'Git answers 401 with one text to a wrong username, a dead token and a token without scopes. What would settle it is named in each case. Source: community.atlassian.com qaq-p/3213684.',
    evidence: 'it is refused, and what was asked does not decide',
    repair: 'what would settle it is named',
  },
  D191: {
    headline: 'It could not be checked',
    sentence: (d) =>
      text(d, 'known') === 'yes'
        ? 'Bitbucket knows the token and lists its scopes. Whether it opens a repository was not asked: none was named.'
        : `There is no answer that counts: ${list(d, 'reasons')}. This says nothing about the credential.`,
    why: 'A time-out, a rate limit or an unexpected reply is no statement about a credential, and is never shown as one. Source: docs/bitbucket-authentication.md.',
    evidence: 'no answer that counts',
    repair: 'ask again; what would settle it is named',
  },
}

export function diagnosisSentence({ code, details }: Pick<Diagnosis, 'code' | 'details'>): string {
  return DIAGNOSIS_WORDS[code].sentence(details)
}

/** The text of `keyturn doctor --explain CODE`. */
export function explainDiagnosis(code: DiagnosisCode): readonly string[] {
  const { headline, why, evidence, repair } = DIAGNOSIS_WORDS[code]
  const [reason = '', source = ''] = why.split(' Source: ')
  return [
    `${code}  ${headline}`,
    '',
    reason,
    '',
    `Told apart by: ${evidence}.`,
    `Repair: ${repair}.`,
    `Source: ${source}`,
    `More: ${DOCS}`,
  ]
}

export function isDiagnosisCode(text: string): text is DiagnosisCode {
  return Object.hasOwn(DIAGNOSIS_WORDS, text)
}

function text(details: Details, key: string): string {
  const value = details[key]
  return typeof value === 'string' && value !== '' ? value : (value ?? []).length > 0 ? String(value) : 'unknown'
}

function list(details: Details, key: string): string {
  const value = details[key]
  const items = typeof value === 'string' ? [value] : (value ?? [])
  return items.length === 0 ? 'not known' : items.join(', ')
}

function useWords(details: Details): string {
  const words: Readonly<Record<string, string>> = {
    'git-fetch': 'fetching with git',
    'git-push': 'pushing with git',
    rest: 'the REST API',
    web: 'downloads from the web host',
  }
  return words[text(details, 'use')] ?? 'this use'
}

function ofOwner(details: Details): string {
  return details['username'] === undefined ? '' : ` (this one is of ${text(details, 'username')})`
}

function own(details: Details): string {
  return details['own'] === undefined ? '' : ` (${text(details, 'own')})`
}

function notFoundSentence(d: Details): string {
  const id = `"${text(d, 'id')}"`
  if (d['hidden'] !== undefined)
    return `${id} is in ${text(d, 'hidden')}, and the job is not given it: ${text(d, 'because')}.`
  if (d['controller'] !== undefined)
    return `No store that can be seen on ${text(d, 'controller')} holds a credential with the id ${id}${knownIds(d)}.`
  if (d['through'] === 'a scan')
    return 'The scan had no credential: none is selected in its source, or the id that is selected is not visible there. It went on without one.'
  if (d['through'] !== undefined) return `${id} is there, and is not of the kind that the step of the build wants.`
  return `No credential with the id ${id} is visible to the job${knownIds(d)}. The build goes on without one.`
}

function knownIds(details: Details): string {
  return (details['known'] ?? []).length === 0 ? '' : `; it sees ${list(details, 'known')}`
}

function causes(details: Details): string {
  const value = details['causes']
  const items = typeof value === 'string' ? [value] : (value ?? [])
  const worded = items.map((item) =>
    isDiagnosisCode(item) ? `${lowerFirst(DIAGNOSIS_WORDS[item].headline)} (${item})` : item,
  )
  return worded.length === 0 ? 'not known' : worded.join('; ')
}

/** In the middle of a sentence. Acronyms and names keep their capital. */
function lowerFirst(headline: string): string {
  if (/^([A-Z]{2}|(Bitbucket|Branch Source|Git Credential Manager|Jenkins)\b)/.test(headline)) return headline
  return headline.charAt(0).toLowerCase() + headline.slice(1)
}
