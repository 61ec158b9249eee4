import { evidenceText } from '../bitbucket/evidence-text.ts'
import type { Evidence } from '../model/answer.ts'
import type { CheckUrlOutcome, JenkinsFindings } from '../model/jenkins-findings.ts'
import { allEvidence, gitAnswer, isRecognised, refusedBecause } from './answers.ts'
import { END_OF_APP_PASSWORDS } from './console-log.ts'
import type { Facts } from './facts.ts'
import { isKnownToRest } from './open-question.ts'

/** What proves that the examined secret is an app password; nothing when another credential may have been meant. */
export function appPasswordEvidence(facts: Facts): readonly Evidence[] | undefined {
  const { answers, shape } = facts
  if (Object.values(answers).some((answer) => refusedBecause(answer, 'app password removed')))
    return allEvidence(answers)
  // Without its prefix it has the form of many other secrets: only Bitbucket can tell.
  if (shape?.kind === 'app-password' && shape.checksum === 'none' && isAsked(answers)) return undefined
  // While they work, one that is refused in other words has another fault; as Bearer none ever worked.
  if (shape?.kind === 'app-password' && facts.appPasswordsWork === true && facts.bearer !== true) return undefined
  if (shape?.kind === 'app-password')
    return isRecognised(gitAnswer(answers)) || isKnownToRest(answers['rest-configured'])
      ? undefined
      : [{ asked: 'What does the secret look like?', answered: 'an app password' }, ...allEvidence(answers)]
  return shape === undefined ? inJenkins(facts) : undefined
}

/** An answer that could not be had is none that says so. */
function isAsked(answers: Facts['answers']): boolean {
  return gitAnswer(answers) !== undefined || answers['rest-configured'] !== undefined
}

function inJenkins(facts: Facts): readonly Evidence[] | undefined {
  const { jenkins, log } = facts
  if (jenkins === undefined) return undefined
  if (isEndOnlyWithCredential(jenkins.checkUrl)) return withoutIt(jenkins.checkUrl)
  const line = log?.findings.find(({ id }) => id === 'L7')
  return line !== undefined && (isOnlyInUrl(jenkins) || isOnlyOfJenkins(facts, jenkins))
    ? [{ asked: 'console log', answered: line.line }]
    : undefined
}

/** Whether git was answered 410, wherever the credential came from: the test of the controller, or the last build. */
export function isEndOfAppPasswords({ jenkins, log }: Facts): boolean {
  return isEnd(jenkins?.checkUrl?.with) || log?.findings.some(({ id }) => id === 'L7') === true
}

export function isEnd(outcome: CheckUrlOutcome | undefined): boolean {
  return outcome?.kind === 'failed' && END_OF_APP_PASSWORDS.test(outcome.words)
}

/** The controller's own git sends no app password, and with the credential it does: the credential is one. */
export function isEndOnlyWithCredential(checkUrl: JenkinsFindings['checkUrl']): boolean {
  return isEnd(checkUrl?.with) && checkUrl?.without.kind === 'failed' && !isEnd(checkUrl.without)
}

/** The other half of the proof; the answer with the credential stands with what Jenkins told. */
function withoutIt(checkUrl: JenkinsFindings['checkUrl']): readonly Evidence[] {
  return checkUrl?.without.kind === 'failed'
    ? [{ asked: 'the controller, without the credential', answered: evidenceText(checkUrl.without.words) }]
    : []
}

/** A secret in the URL of a job that names no credential: git asks nobody else. */
function isOnlyInUrl({ urlHasSecret, resolution }: JenkinsFindings): boolean {
  return urlHasSecret && resolution.kind === 'none selected'
}

/** Nothing in the URL, and the agent was examined and sends nothing of its own. */
function isOnlyOfJenkins({ chain }: Facts, { urlHasSecret }: JenkinsFindings): boolean {
  if (urlHasSecret) return false
  return chain?.sources.every(({ kind, standing }) => kind === 'askpass' || standing === 'not matched') === true
}
