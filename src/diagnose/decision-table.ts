import type { Diagnosis } from '../model/diagnosis.ts'
import type { Facts } from './facts.ts'
import type { Rule } from './rule.ts'
import { allRight } from './rules/all-right.ts'
import { alteredSecret } from './rules/altered-secret.ts'
import { appPassword } from './rules/app-password.ts'
import { blocked } from './rules/blocked.ts'
import { couldNotBeChecked } from './rules/could-not-be-checked.ts'
import { emailAsGitUsername } from './rules/email-as-git-username.ts'
import { expiredOrRevoked } from './rules/expired-or-revoked.ts'
import { extraHeader } from './rules/extra-header.ts'
import { jenkinsIdNotFound } from './rules/jenkins-id-not-found.ts'
import { jenkinsShadowed } from './rules/jenkins-shadowed.ts'
import { noAccess } from './rules/no-access.ts'
import { noBitbucketScopes } from './rules/no-bitbucket-scopes.ts'
import { noCredential } from './rules/no-credential.ts'
import { olderCredentialFirst } from './rules/older-credential-first.ts'
import { publicRepository } from './rules/public-repository.ts'
import { restUsername } from './rules/rest-username.ts'
import { scopeMissing } from './rules/scope-missing.ts'
import { severalCauses } from './rules/several-causes.ts'
import { usernameOfOtherKind } from './rules/username-of-other-kind.ts'
import { usernamePinned } from './rules/username-pinned.ts'
import { wrongUsername } from './rules/wrong-username.ts'

/** The order is part of the knowledge: the first rule of a kind that decides is the one that is reported. */
export const DECISION_TABLE: readonly Rule[] = [
  jenkinsIdNotFound,
  noCredential,
  extraHeader,
  olderCredentialFirst,
  usernamePinned,
  jenkinsShadowed,
  appPassword,
  alteredSecret,
  blocked,
  scopeMissing,
  emailAsGitUsername,
  usernameOfOtherKind,
  wrongUsername,
  noBitbucketScopes,
  restUsername,
  noAccess,
  expiredOrRevoked,
  publicRepository,
  allRight,
  severalCauses,
  couldNotBeChecked,
]

/** Codes that only say what is not known; beside a decided route they would be noise. */
const OPEN: ReadonlySet<string> = new Set(['D190', 'D191', 'D119'])

/** The cause first. A second diagnosis follows when the examined credential has a fault of its own beside the route. */
export function decide(facts: Facts, table: readonly Rule[] = DECISION_TABLE): readonly Diagnosis[] {
  const route = firstOf(table, 'route', facts)
  const credential = firstOf(table, 'credential', facts)
  if (route === undefined) return credential === undefined ? [] : [credential]
  if (credential === undefined || credential.code === 'D100' || OPEN.has(credential.code)) return [route]
  if (isOfExamined(route, facts)) return [route]
  // The credential that the job gets is dead whichever it hides, so that is the cause.
  return route.code === 'D114' && credential.code === 'D101' ? [credential, route] : [route, credential]
}

/** Outside Jenkins the credential that was examined is the one that git sent first: the route has already said what is wrong with it. */
function isOfExamined({ code }: Diagnosis, { jenkins }: Facts): boolean {
  return jenkins === undefined && (code === 'D111' || code === 'D112')
}

function firstOf(table: readonly Rule[], judges: Rule['judges'], facts: Facts): Diagnosis | undefined {
  for (const rule of table) {
    const diagnosis = rule.judges === judges ? rule.decide(facts) : undefined
    if (diagnosis !== undefined) return diagnosis
  }
  return undefined
}
