import { inNamesOfApiTokens, resourceOfPath, scopesOfUse } from '../bitbucket/scopes.ts'
import type { Answer, Evidence, RefusalReason, Scope } from '../model/answer.ts'
import type { Operation } from '../model/use.ts'
import type { Answers, Facts, ProbeId } from './facts.ts'

/** Refusals that Bitbucket gives only after it has recognised the credential. */
const RECOGNISED: readonly RefusalReason[] = [
  'scope missing',
  'no access',
  'needs a resource',
  'address not allowed',
  'two-step verification required',
  'over user limit',
]

export function isYes(answer: Answer | undefined): boolean {
  return answer?.kind === 'yes'
}

export function refusedBecause(answer: Answer | undefined, ...reasons: readonly RefusalReason[]): boolean {
  return answer?.kind === 'no' && reasons.includes(answer.reason)
}

/** Git's 401 has one text for every cause, so it says nothing more than that this pair was refused. */
export function isRefusedPair(answer: Answer | undefined): boolean {
  return refusedBecause(answer, 'unauthorized', 'token invalid or expired', 'OAuth token expired', 'account password')
}

/** Whether Bitbucket knows the credential, whatever it may do with it. */
export function isRecognised(answer: Answer | undefined): boolean {
  return isYes(answer) || (answer?.kind === 'no' && RECOGNISED.includes(answer.reason))
}

export function isUnknown(answer: Answer | undefined): boolean {
  return answer?.kind === 'unknown'
}

/**
 * What git answered to the credential as it is stored. A public repository is fetched without any credential, so only the answer
 * for pushing counts there.
 */
export function gitAnswer(answers: Answers): Answer | undefined {
  return answers['git-configured'] ?? answers['git-push']
}

/** What was answered without any credential says nothing about one. */
export function answersToCredential({ 'git-anonymous': _, 'rest-anonymous': __, ...answers }: Answers): Answers {
  return answers
}

export function evidenceOf(answers: Answers, ...probes: readonly ProbeId[]): readonly Evidence[] {
  return probes.flatMap((probe) => answers[probe]?.evidence ?? [])
}

export function allEvidence(answers: Answers): readonly Evidence[] {
  return Object.values(answers).map((answer) => answer.evidence)
}

/** Scopes that the credential has, as far as any answer reported them. */
export function grantedScopes(answers: Answers): readonly Scope[] | undefined {
  for (const answer of Object.values(answers)) {
    if (answer.kind === 'yes' && answer.scopes !== 'not reported') return answer.scopes
    if (answer.kind === 'no' && answer.granted !== undefined) return answer.granted
  }
  return undefined
}

/**
 * Allow git to read; of the older vocabulary, that of access tokens, these include `repository`
 * (developer.atlassian.com/cloud/bitbucket/rest/intro, "Bitbucket OAuth 2.0 scopes").
 */
const READS = /^(read:repository:bitbucket|(repository|pullrequest)(:write)?|project)$/

/** Undefined where no answer lists the scopes. */
export function readsRepositories(answers: Answers): boolean | undefined {
  return grantedScopes(answers)?.some((scope) => READS.test(scope))
}

/**
 * Scopes of an API token for one use. No scope implies another: pushing needs both
 * (support.atlassian.com/bitbucket-cloud/docs/api-token-permissions).
 */
export function neededScopes(use: Operation): readonly Scope[] {
  return use === 'git-push'
    ? ['read:repository:bitbucket', 'write:repository:bitbucket']
    : ['read:repository:bitbucket']
}

/** Of a new token: a path of REST that was named may need others than the repository, and the doctor asks each with GET. */
export function scopesToCreate({ use, restPath }: Pick<Facts, 'use' | 'restPath'>): readonly Scope[] {
  const resource = use === 'rest' ? resourceOfPath(restPath?.replace(/[?#].*$/, '') ?? '') : undefined
  return resource === undefined ? neededScopes(use) : scopesOfUse({ operation: 'rest', access: 'read', resource })
}

export function isGit(use: Operation): boolean {
  return use === 'git-fetch' || use === 'git-push'
}

/** Where nothing could be asked that takes the scopes of the use alone, a refusal for others says nothing of the use. */
export function isRefusedTheQuestionAlone({ answers, needs }: Pick<Facts, 'answers' | 'needs'>): boolean {
  const granted = grantedScopes(answers)
  if (needs === undefined || granted === undefined) return false
  const known = inNamesOfApiTokens(granted)
  return refusedBecause(answers['rest-configured'], 'scope missing') && needs.every((scope) => known.includes(scope))
}

/** Bitbucket lists the scopes of a token only when it knows the token, so that whatever was refused was not the token itself. */
export function isKnownWithoutRepository(facts: Pick<Facts, 'answers' | 'needs' | 'repository'>): boolean {
  if (isRefusedTheQuestionAlone(facts)) return true
  return facts.repository === undefined && grantedScopes(facts.answers) !== undefined
}
