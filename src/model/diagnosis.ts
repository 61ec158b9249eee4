import type { Evidence, Scope } from './answer.ts'
import type { PlaceRef } from './place.ts'

/** Stable; written into JSON, reports and docs, so never renamed. Words are in `src/messages/diagnoses.ts`. */
export type DiagnosisCode =
  | 'D100' // everything is right
  | 'D101' // app password
  | 'D102' // API token without scopes
  | 'D103' // API token for another app
  | 'D104' // no Bitbucket scopes: without scopes or for another app, not settled
  | 'D105' // scope missing
  | 'D106' // e-mail used as git username
  | 'D107' // wrong Bitbucket username
  | 'D108' // expired or revoked
  | 'D109' // secret cut short or altered
  | 'D110' // username in the URL: the credential's username is never sent
  | 'D111' // an older credential answers first (helper, netrc)
  | 'D112' // http.extraHeader overrides
  | 'D113' // Jenkins credential id not found
  | 'D114' // Jenkins credential shadowed by a folder credential
  | 'D115' // no access to the repository
  | 'D116' // username is not the e-mail on REST
  | 'D117' // username does not fit the kind of secret (access token with the API-token username, or the reverse)
  | 'D118' // no credential reached Bitbucket
  | 'D119' // public repository: nothing was proved
  | 'D120' // refused before the credential counts: IP allowlist, two-step verification
  | 'D121' // REST does not take the token as Bearer
  | 'D122' // not a token: account password, older app password, another system
  | 'D123' // OAuth token ended
  | 'D124' // path of API 1.0
  | 'D125' // an access token has no user
  | 'D126' // the Authorization header does not arrive
  | 'D127' // REST path removed
  | 'D128' // rate limit
  | 'D129' // workspace over its user limit: read-only
  | 'D130' // locked out after failed attempts
  | 'D131' // Git Credential Manager drops what it stored
  | 'D132' // Branch Source does not take the credential
  | 'D133' // the tool is too old for API tokens
  | 'D134' // the URL breaks at an unencoded character
  | 'D135' // the network fails before Bitbucket
  | 'D136' // SSH: outside the change
  | 'D137' // a scan cannot read the workspace
  | 'D138' // configuration as code owns the credential
  | 'D139' // the password stored in Jenkins is too short for a token
  | 'D190' // one of several causes; says what would settle it
  | 'D191' // could not be checked

export interface Repair {
  /** What to do, one sentence. */
  readonly text: string
  /** Commands to copy, one per line; absent when only a person in a web page can act. */
  readonly commands: readonly string[]
}

export interface Diagnosis {
  readonly code: DiagnosisCode
  /** Id of the rule that decided. */
  readonly rule: string
  /** Values the sentence of the code needs: usernames, scopes, paths. Never a secret. */
  readonly details: Readonly<Record<string, string | readonly string[]>>
  readonly evidence: readonly Evidence[]
  readonly repairs: readonly Repair[]
  readonly missing?: readonly Scope[]
  readonly place?: PlaceRef
  /** For D190 and D191: what would settle it. */
  readonly settledBy?: readonly string[]
}
