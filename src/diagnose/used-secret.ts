import type { JenkinsFindings } from '../model/jenkins-findings.ts'
import { gitAnswer, isRecognised, isYes, refusedBecause } from './answers.ts'
import { isEndOfAppPasswords, isEndOnlyWithCredential } from './app-password-evidence.ts'
import type { Facts } from './facts.ts'
import { jenkinsOutcome } from './jenkins-outcome.ts'
import { isRefusedForAnotherReason, toldLast } from './jenkins-words.ts'

/**
 * A secret given by hand is that of the credential, as far as anybody knows. Where the job sends another one, what Bitbucket says of it
 * says nothing about the job.
 */
export function withoutUnused(facts: Facts): Facts {
  const ofAgent = asTheAgentSends(facts)
  if (ofAgent !== undefined) return ofAgent
  const { jenkins, shape } = facts
  if (jenkins === undefined || shape === undefined || !isUnused(facts, jenkins)) return facts
  const { shape: _, fingerprint: __, username: ___, answers, ...rest } = facts
  return { ...rest, answers: onlyAnonymous(answers) }
}

/** What the agent holds itself, where Bitbucket knows it and does not let it in: git then asks for nothing else. */
function asTheAgentSends({
  chain,
  chainAnswer,
  fingerprint: _,
  username: __,
  place: ___,
  ...facts
}: Facts): Facts | undefined {
  const first = chain?.sources.find(({ standing }) => standing === 'sent first')
  if (facts.jenkins === undefined || chain === undefined || first === undefined || chainAnswer?.kind !== 'no')
    return undefined
  if (!isRecognised(chainAnswer) || first.shape === undefined) return undefined
  const username = first.sentAs ?? first.username
  return {
    ...facts,
    chain,
    chainAnswer,
    shape: first.shape,
    answers: { ...onlyAnonymous(facts.answers), 'git-configured': chainAnswer },
    ...(first.secret === undefined ? {} : { fingerprint: first.secret.fingerprint }),
    ...(username === undefined ? {} : { username }),
    ...(first.place === undefined ? {} : { place: first.place }),
  }
}

/** None is selected, or the URL holds a secret of its own, or the one that was given belongs to a credential which a nearer one hides. */
function isUnused(facts: Facts, jenkins: JenkinsFindings): boolean {
  const { resolution, urlHasSecret } = jenkins
  if (urlHasSecret || resolution.kind === 'none selected') return true
  if (isOfOtherKind(facts, jenkins)) return true
  if (resolution.kind !== 'found' || resolution.shadows.length === 0) return false
  if (isYes(gitAnswer(facts.answers))) return isRefusedForAnotherReason(facts, jenkins)
  if (isRecognised(gitAnswer(facts.answers)) || isRecognised(facts.answers['rest-configured'])) return false
  // Where the nearer one is refused too, the one that was given may be either.
  return jenkinsOutcome(jenkins, facts) !== 'fails' || isRefusedForAnotherReason(facts, jenkins)
}

/** Git tells an app password apart: 410 for one, and never for anything else. */
function isOfOtherKind(facts: Facts, jenkins: JenkinsFindings): boolean {
  if (jenkins.branchSource !== undefined || jenkinsOutcome(jenkins, facts) !== 'fails') return false
  const kind = facts.shape?.kind
  const hides = jenkins.resolution.kind === 'found' && jenkins.resolution.shadows.length > 0
  // Whoever gives the right one and meets a nearer one has to hear of that.
  if (kind === 'api-token' || kind === 'access-token') return !hides && isEndOnlyWithCredential(jenkins.checkUrl)
  const isEnded = refusedBecause(gitAnswer(facts.answers), 'app password removed')
  const told = toldLast(facts, jenkins)?.findings ?? []
  return isEnded && told.length > 0 && !isEndOfAppPasswords(facts)
}

/** What Bitbucket answers to everybody. */
export function onlyAnonymous(answers: Facts['answers']): Facts['answers'] {
  const { 'git-anonymous': git, 'rest-anonymous': rest } = answers
  return {
    ...(git === undefined ? {} : { 'git-anonymous': git }),
    ...(rest === undefined ? {} : { 'rest-anonymous': rest }),
  }
}
