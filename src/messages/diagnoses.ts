import type { Diagnosis, DiagnosisCode } from '../model/diagnosis.ts'

type Details = Diagnosis['details']

export interface DiagnosisWords {
  /** Fixed text without user data, so that it can be recognised and searched. */
  readonly headline: string
  readonly sentence: (details: Details) => string
  /** For `--explain`: what makes it so, and where that is written. */
  readonly why: string
}

const DOCS = 'docs/diagnoses.md'

export const DIAGNOSIS_WORDS: Readonly<Record<DiagnosisCode, DiagnosisWords>> = {
  D100: {
    headline: 'The credential is right',
    sentence: (d) => `Bitbucket accepts it for ${useWords(d)}.`,
    why: 'An anonymous request was refused and the authenticated one was answered, so the credential made the difference.',
  },
  D101: {
    headline: 'The secret is an app password',
    sentence: (d) =>
      `App passwords${ofOwner(d)} ended on 28 July 2026. No app password signs in any more, and none can be revived.`,
    why: 'CHANGE-3222: git answers 410 and REST 401. Git does not forget a stored app password after a 410. Source: developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-3222.',
  },
  D102: {
    headline: 'The API token has no scopes',
    sentence: () => 'It was created with "Create API token". Bitbucket accepts tokens with scopes only.',
    why: 'The token page has two buttons. A token from "Create API token" works on Jira and Confluence sites and never on Bitbucket. Source: support.atlassian.com/bitbucket-cloud/docs/using-api-tokens.',
  },
  D103: {
    headline: 'The API token is for another app',
    sentence: () =>
      'It has scopes, and none of them is for Bitbucket. A token belongs to one app, chosen when it is created.',
    why: 'Bitbucket says that it has no Bitbucket scopes, and a site refuses it as it refuses every token with scopes. Source: support.atlassian.com/confluence/kb/scoped-api-tokens-in-confluence-cloud.',
  },
  D104: {
    headline: 'The API token has no Bitbucket scopes',
    sentence: () =>
      'It was created without scopes, or for another app. Bitbucket has one answer for both, and the repair is the same.',
    why: 'REST answers 401 "API Token provided has no Bitbucket scopes". A site of the same account tells the two apart: it accepts a token without scopes and refuses one with scopes.',
  },
  D105: {
    headline: 'A scope is missing',
    sentence: (d) =>
      text(d, 'writeWithoutRead') === 'yes'
        ? 'The token may write and may not read. Writing does not include reading, so that git cannot even fetch.'
        : `For ${useWords(d)} the token lacks ${list(d, 'missing')}.`,
    why: 'No scope includes another: git needs read:repository:bitbucket to fetch, and that and write:repository:bitbucket to push. Scopes of a token cannot be edited. Source: support.atlassian.com/bitbucket-cloud/docs/api-token-permissions.',
  },
  D106: {
    headline: 'Git does not take the e-mail as username',
    sentence: (d) => `The token is accepted under ${text(d, 'right')}. The e-mail is for REST only.`,
    why: 'One token needs two names: git takes the Bitbucket username or x-bitbucket-api-token-auth, REST takes the Atlassian e-mail. Source: support.atlassian.com/bitbucket-cloud/docs/using-api-tokens.',
  },
  D107: {
    headline: 'The username does not fit the token',
    sentence: (d) => `Git refuses the token under ${text(d, 'username')} and accepts it under ${text(d, 'right')}.`,
    why: 'The username must be the Bitbucket username of the owner, in its case. x-bitbucket-api-token-auth fits every API token. Source: support.atlassian.com/bitbucket-cloud/docs/using-api-tokens.',
  },
  D108: {
    headline: 'The token is expired or revoked',
    sentence: () => 'Its copy is whole, and Bitbucket refuses it under every name and alone.',
    why: 'A living token is known under the e-mail or as Bearer, even when a scope is missing. An API token lives for a year at most; all created before 15 December 2024 have expired. Source: support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account.',
  },
  D109: {
    headline: 'The secret was cut short or altered',
    sentence: (d) => `The stored copy is not the token: ${text(d, 'problem')}.`,
    why: 'An Atlassian token ends in a checksum (CRC-32) of the characters before it. Scripts that split at "=" cut it, and some tools store it percent-encoded.',
  },
  D110: {
    headline: 'The URL or a setting decides the username',
    sentence: (d) => `Git sends ${text(d, 'username')}, and never the username stored with the credential${own(d)}.`,
    why: 'A username in the URL (or credential.username, or url.insteadOf) comes before every credential: git asks for the password of that user only, and helpers answer for that user only. Jenkins shows the URL without it in its error.',
  },
  D111: {
    headline: 'An older credential is sent first',
    sentence: (d) =>
      `${text(d, 'where')} answers before ${text(d, 'behind')} is asked${text(d, 'forEver') === 'yes' ? ', on every run' : ''}.`,
    why: 'Git forgets a stored credential after a 401 and never after a 410, 403 or 404. An app password in a helper or in netrc is sent for ever. Jenkins does not switch these off for its builds.',
  },
  D112: {
    headline: 'A header from the configuration replaces every credential',
    sentence: (d) => `${text(d, 'where')} sets http.extraHeader with an Authorization that Bitbucket refuses.`,
    why: 'http.extraHeader goes out with the first request and wins over the URL, netrc, helpers and askpass. Source: git-config, http.extraHeader.',
  },
  D113: {
    headline: 'Jenkins does not find the credential',
    sentence: (d) =>
      d['controller'] === undefined
        ? `No credential with the id "${text(d, 'id')}" is visible to the job${knownIds(d)}. The build goes on without one.`
        : `No store that can be seen on ${text(d, 'controller')} holds a credential with the id "${text(d, 'id')}"${knownIds(d)}.`,
    why: 'The id is wrong, lives in another folder, is limited to another domain, has the scope System, or is a Secret text, which the git plugin cannot use. The console shows one warning line.',
  },
  D114: {
    headline: 'A credential of a nearer folder hides another of the same id',
    sentence: (d) => `The job gets "${text(d, 'id')}" of the ${text(d, 'store')}, not that of ${list(d, 'hidden')}.`,
    why: 'Jenkins looks in the nearest folder first, then upwards, then in the system store.',
  },
  D115: {
    headline: 'The owner of the token has no access to the repository',
    sentence: (d) => `Bitbucket knows the token, and does not show it ${text(d, 'repository')}.`,
    why: 'The owner lacks the permission, the URL is misspelt, the workspace was renamed, the token was made on another account, or it was limited to another workspace when it was created.',
  },
  D116: {
    headline: 'REST wants the e-mail as username',
    sentence: (d) => `REST refuses the token under ${text(d, 'username')}.`,
    why: 'REST takes an API token under the Atlassian e-mail, or alone as Bearer since August 2026. The fixed username of git is refused there. Source: support.atlassian.com/bitbucket-cloud/docs/using-api-tokens.',
  },
  D117: {
    headline: 'The username is that of another kind of token',
    sentence: (d) =>
      `The secret is ${text(d, 'kind')}; it goes with ${text(d, 'right')}, not with ${text(d, 'username')}.`,
    why: 'Access tokens of a repository, project or workspace use x-token-auth with git and Bearer with REST. API tokens of a user use x-bitbucket-api-token-auth. Source: support.atlassian.com/bitbucket-cloud/docs/using-access-tokens.',
  },
  D118: {
    headline: 'No credential reaches Bitbucket',
    sentence: () => 'The repository is private and nothing on the way holds a credential for it.',
    why: 'Jenkins sets "echo" as askpass when a job names no credential, so that the error is "Authentication failed". Git on its own says "could not read Username".',
  },
  D119: {
    headline: 'The repository is public, so nothing was proved',
    sentence: () => 'Everybody can fetch it. Git sends no credential, right or wrong.',
    why: 'Git sends a credential only after it was asked for one with 401, which a public repository does not do.',
  },
  D120: {
    headline: 'Bitbucket refuses before the credential counts',
    sentence: (d) => `The reason is: ${text(d, 'reason')}. Another credential does not change that.`,
    why: 'A workspace can limit addresses and can require two-step verification of every member. Source: confluence.atlassian.com/bbkb/error-403-when-performing-git-operations-1155479141.html.',
  },
  D190: {
    headline: 'One of several causes',
    sentence: (d) => `What was asked does not tell them apart: ${causes(d)}.`,
    why: 'Git answers 401 with one text to a wrong username, a dead token and a token without scopes. What would settle it is named in each case.',
  },
  D191: {
    headline: 'It could not be checked',
    sentence: (d) =>
      text(d, 'known') === 'yes'
        ? 'Bitbucket knows the token and lists its scopes. Whether it opens a repository was not asked: none was named.'
        : `There is no answer that counts: ${list(d, 'reasons')}. This says nothing about the credential.`,
    why: 'A time-out, a rate limit or an unexpected reply is no statement about a credential, and is never shown as one.',
  },
}

export function diagnosisSentence({ code, details }: Pick<Diagnosis, 'code' | 'details'>): string {
  return DIAGNOSIS_WORDS[code].sentence(details)
}

/** The text of `keyturn doctor --explain CODE`. */
export function explainDiagnosis(code: DiagnosisCode): readonly string[] {
  const { headline, why } = DIAGNOSIS_WORDS[code]
  return [`${code}  ${headline}`, why, `More: ${DOCS}`]
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

function lowerFirst(headline: string): string {
  return headline.charAt(0).toLowerCase() + headline.slice(1)
}
