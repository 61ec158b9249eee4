import { shapeOf } from '../bitbucket/token-shape.ts'
import { gitAnswer, isGit, isRecognised, isRefusedPair, isYes, refusedBecause } from './answers.ts'
import type { Answers, Subject } from './facts.ts'

/** The e-mail of the owner: said by the user, or evident from the username. */
export function emailOf({ email, credential }: Pick<Subject, 'email' | 'credential'>): string | undefined {
  if (email !== undefined) return email
  const username = credential?.username
  return isEmail(username) ? username : undefined
}

export function isEmail(name: string | undefined): name is string {
  return name !== undefined && /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(name)
}

/**
 * Git refused the pair, and under the fixed username too (or that is what was stored). Git's 401 has one text for every cause,
 * so REST must say which.
 */
export function isRefusedByGit(answers: Answers): boolean {
  return isRefusedPair(answers['git-sentinel'] ?? gitAnswer(answers))
}

/** Whether REST has to be asked, because what was asked so far leaves the cause open. */
export function needsRest({ use, credential, dropped }: Subject, answers: Answers): boolean {
  if (credential === undefined) return false
  const { kind, checksum } = shapeOf(credential.secret)
  if (checksum === 'does not fit' || (kind === 'app-password' && checksum === 'fits')) return false
  if (!isGit(use)) return isRefusedByRest(answers)
  if (gitAnswer(answers) === undefined) return true
  // The manager asks /2.0/user, so its answer says what the manager has seen.
  if (dropped === true && isYes(gitAnswer(answers))) return true
  // Git says that a scope is missing, and not which scopes there are; REST lists them.
  return isRefusedByGit(answers) || isScopeMissingInGit(answers)
}

function isRefusedByRest(answers: Answers): boolean {
  const configured = answers['rest-configured']
  // REST hides a repository from nobody in particular as from somebody it knows; only then it names the type of the credential.
  const isHidden = refusedBecause(configured, 'no access') && !isNamed(configured)
  return isHidden || isRefusedPair(configured) || refusedBecause(configured, 'username is not the e-mail')
}

/** Whether the reply told the kind of the credential that came along. */
export function isNamed(answer: Answers['rest-configured']): boolean {
  return answer !== undefined && 'credentialType' in answer && answer.credentialType !== undefined
}

/** REST hides a repository from nobody in particular as from somebody it knows, and names only whom it knows. */
export function isKnownToRest(answer: Answers['rest-configured']): boolean {
  return isRecognised(answer) && (!refusedBecause(answer, 'no access') || isNamed(answer))
}

function isScopeMissingInGit(answers: Answers): boolean {
  return [answers['git-configured'], answers['git-push'], answers['git-sentinel']].some((answer) =>
    refusedBecause(answer, 'scope missing'),
  )
}
