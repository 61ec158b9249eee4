import { shapeOf } from '../bitbucket/token-shape.ts'
import { isGit, isRecognised, isRefusedPair, refusedBecause } from './answers.ts'
import type { Answers, Subject } from './facts.ts'

/** The e-mail of the owner: said by the user, or evident from the username. */
export function emailOf({ email, credential }: Pick<Subject, 'email' | 'credential'>): string | undefined {
  if (email !== undefined) return email
  const username = credential?.username
  return username !== undefined && /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(username) ? username : undefined
}

/**
 * Git refused the pair, and under the fixed username too (or that is what was stored). Git's 401 has one text for every cause,
 * so REST must say which.
 */
export function isRefusedByGit(answers: Answers): boolean {
  const sentinel = answers['git-sentinel']
  if (sentinel !== undefined) return isRefusedPair(sentinel)
  return isRefusedPair(answers['git-configured']) || isRefusedPair(answers['git-push'])
}

/** Whether REST has to be asked about a token that the use in question does not explain. */
export function needsRest({ use, credential }: Subject, answers: Answers): boolean {
  if (credential === undefined) return false
  const { kind, checksum } = shapeOf(credential.secret)
  if (checksum === 'does not fit' || kind === 'app-password') return false
  if (!isGit(use)) return isUndecidedByRest(answers)
  if (isRecognised(answers['git-configured']) && !refusedBecause(answers['git-configured'], 'scope missing')) return isPushScopeMissing(answers)
  return isRefusedByGit(answers) || refusedBecause(answers['git-configured'], 'scope missing') || isWithoutGit(answers)
}

function isUndecidedByRest(answers: Answers): boolean {
  return refusedBecause(answers['rest-configured'], 'unauthorized', 'token invalid or expired', 'username is not the e-mail')
}

/** Git does not list the scopes that a token has; REST does. */
function isPushScopeMissing(answers: Answers): boolean {
  return refusedBecause(answers['git-push'], 'scope missing')
}

/** No repository is known, so that git could not be asked. */
function isWithoutGit(answers: Answers): boolean {
  return answers['git-configured'] === undefined && answers['rest-configured'] === undefined
}
