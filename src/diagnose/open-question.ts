import { shapeOf } from '../bitbucket/token-shape.ts'
import { gitAnswer, isGit, isRefusedPair, refusedBecause } from './answers.ts'
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
  return isRefusedPair(answers['git-sentinel'] ?? gitAnswer(answers))
}

/** Whether REST has to be asked, because what was asked so far leaves the cause open. */
export function needsRest({ use, credential }: Subject, answers: Answers): boolean {
  if (credential === undefined) return false
  const { kind, checksum } = shapeOf(credential.secret)
  if (checksum === 'does not fit' || kind === 'app-password') return false
  if (!isGit(use)) return isRefusedByRest(answers)
  if (gitAnswer(answers) === undefined) return true
  // Git says that a scope is missing, and not which scopes there are; REST lists them.
  return isRefusedByGit(answers) || isScopeMissingInGit(answers)
}

function isRefusedByRest(answers: Answers): boolean {
  return refusedBecause(
    answers['rest-configured'],
    'unauthorized',
    'token invalid or expired',
    'username is not the e-mail',
  )
}

function isScopeMissingInGit(answers: Answers): boolean {
  return [answers['git-configured'], answers['git-push'], answers['git-sentinel']].some((answer) =>
    refusedBecause(answer, 'scope missing'),
  )
}
