import type { Diagnosis } from '../model/diagnosis.ts'
import type { LogReading } from './console-log.ts'
import { decideLog } from './console-log-table.ts'
import type { Facts } from './facts.ts'
import { jenkinsOutcome } from './jenkins-outcome.ts'
import type { Rule } from './rule.ts'
import { allRight } from './rules/all-right.ts'
import { alteredSecret } from './rules/altered-secret.ts'
import { appPassword } from './rules/app-password.ts'
import { bearerRefused } from './rules/bearer-refused.ts'
import { blocked } from './rules/blocked.ts'
import { brokenUrl } from './rules/broken-url.ts'
import { couldNotBeChecked } from './rules/could-not-be-checked.ts'
import { emailAsGitUsername } from './rules/email-as-git-username.ts'
import { expiredOrRevoked } from './rules/expired-or-revoked.ts'
import { extraHeader } from './rules/extra-header.ts'
import { headerDropped } from './rules/header-dropped.ts'
import { jenkinsBlankSecret } from './rules/jenkins-blank-secret.ts'
import { jenkinsBranchSource } from './rules/jenkins-branch-source.ts'
import { jenkinsIdNotFound } from './rules/jenkins-id-not-found.ts'
import { jenkinsLogTells } from './rules/jenkins-log.ts'
import { jenkinsOldPlugin } from './rules/jenkins-old-plugin.ts'
import { jenkinsOwnedByCode } from './rules/jenkins-owned-by-code.ts'
import { jenkinsScanWorkspace } from './rules/jenkins-scan-workspace.ts'
import { jenkinsShadowed } from './rules/jenkins-shadowed.ts'
import { lockedOut } from './rules/locked-out.ts'
import { managerDrops } from './rules/manager-drops.ts'
import { networkFails } from './rules/network-fails.ts'
import { noAccess } from './rules/no-access.ts'
import { noBitbucketScopes } from './rules/no-bitbucket-scopes.ts'
import { noCredential } from './rules/no-credential.ts'
import { notAToken } from './rules/not-a-token.ts'
import { oauthEnded } from './rules/oauth-ended.ts'
import { olderCredentialFirst } from './rules/older-credential-first.ts'
import { overSsh } from './rules/over-ssh.ts'
import { overUserLimit } from './rules/over-user-limit.ts'
import { publicRepository } from './rules/public-repository.ts'
import { rateLimited } from './rules/rate-limited.ts'
import { removedApi } from './rules/removed-api.ts'
import { removedPath } from './rules/removed-path.ts'
import { restUsername } from './rules/rest-username.ts'
import { restWithoutCredential } from './rules/rest-without-credential.ts'
import { scopeMissing } from './rules/scope-missing.ts'
import { severalCauses } from './rules/several-causes.ts'
import { tokenWithoutUser } from './rules/token-without-user.ts'
import { usernameOfOtherKind } from './rules/username-of-other-kind.ts'
import { usernamePinned } from './rules/username-pinned.ts'
import { wrongUsername } from './rules/wrong-username.ts'
import { onlyAnonymous, withoutUnused } from './used-secret.ts'

/** The order is part of the knowledge: the first rule of a kind that decides is the one that is reported. */
export const DECISION_TABLE: readonly Rule[] = [
  networkFails,
  overSsh,
  jenkinsIdNotFound,
  brokenUrl,
  managerDrops,
  noCredential,
  restWithoutCredential,
  extraHeader,
  olderCredentialFirst,
  usernamePinned,
  jenkinsShadowed,
  jenkinsBlankSecret,
  jenkinsOldPlugin,
  lockedOut,
  removedPath,
  appPassword,
  headerDropped,
  alteredSecret,
  blocked,
  overUserLimit,
  removedApi,
  tokenWithoutUser,
  oauthEnded,
  scopeMissing,
  emailAsGitUsername,
  usernameOfOtherKind,
  wrongUsername,
  noBitbucketScopes,
  jenkinsBranchSource,
  jenkinsScanWorkspace,
  bearerRefused,
  restUsername,
  noAccess,
  expiredOrRevoked,
  notAToken,
  publicRepository,
  jenkinsLogTells,
  allRight,
  rateLimited,
  severalCauses,
  couldNotBeChecked,
  jenkinsOwnedByCode,
]

/** A credential that is dead fails by whichever way it comes, and under every name. */
const OVERRULED: ReadonlySet<string> = new Set(['D110', 'D114'])

const DEAD: ReadonlySet<string> = new Set(['D101', 'D139'])

/** Codes that only say what is not known; beside a decided route they would be noise. */
const OPEN: ReadonlySet<string> = new Set(['D190', 'D191', 'D119'])

/** The cause first. A second diagnosis follows when the examined credential has a fault of its own beside the route. */
export function decide(facts: Facts, table: readonly Rule[] = DECISION_TABLE): readonly Diagnosis[] {
  if (isLogAlone(facts)) return decideLog(facts)
  const causes = withOpenness(withWhatWorks(causesOf(withoutUnused(facts), table), facts), facts)
  const owner = firstOf(table, 'owner', facts)
  const isToChange = causes.some(({ code }) => code !== 'D100' && !OPEN.has(code))
  return owner !== undefined && isToChange ? [...causes, owner] : causes
}

/**
 * Whatever is wrong with what is stored, fetching a public repository works without it. A job may send something else than what was
 * examined, so that there this comes first.
 */
function withOpenness(causes: readonly Diagnosis[], facts: Facts): readonly Diagnosis[] {
  const [first] = causes
  const { jenkins } = facts
  const isFault = first !== undefined && first.code !== 'D100' && first.code !== 'D135' && !OPEN.has(first.code)
  if (!isFault || (jenkins !== undefined && jenkinsOutcome(jenkins, facts) !== 'unknown')) return causes
  const open = publicRepository.decide(
    jenkins === undefined ? facts : { ...facts, answers: onlyAnonymous(facts.answers) },
  )
  if (open === undefined) return causes
  return jenkins === undefined ? [...causes, open] : [open, ...causes]
}

/** A job that works comes first; what is wrong beside it (an id that is not found, an old secret that the agent hides) second. */
function withWhatWorks(causes: readonly Diagnosis[], facts: Facts): readonly Diagnosis[] {
  const { jenkins } = facts
  if (jenkins === undefined || jenkinsOutcome(jenkins, facts) !== 'works') return causes
  const isStopped = causes.some(({ code }) => ROUTE_OF_AGENT.has(code)) && jenkins.lastBuild?.result !== 'SUCCESS'
  const works = isStopped ? undefined : allRight.decide(facts)
  return works === undefined ? causes : [works, ...causes.filter(({ code }) => code !== 'D100' && !OPEN.has(code))]
}

/** What the agent sends in place of the credential of the job, which the test of the controller does not meet. */
const ROUTE_OF_AGENT: ReadonlySet<string> = new Set(['D111', 'D112'])

function causesOf(facts: Facts, table: readonly Rule[]): readonly Diagnosis[] {
  const route = firstOf(table, 'route', facts)
  const credential = firstOf(table, 'credential', facts)
  if (route === undefined) return credential === undefined ? [] : [credential]
  if (credential === undefined || credential.code === 'D100' || OPEN.has(credential.code)) return [route]
  if (isOfExamined(route, facts) || isOneName(route, credential, facts)) return [route]
  // The credential that the job gets is dead whichever it hides, so that is the cause.
  const isDead = DEAD.has(credential.code) || (credential.code === 'D105' && credential.rule === jenkinsLogTells.id)
  return isDead && OVERRULED.has(route.code) ? [credential, route] : [route, credential]
}

/** Nothing was asked: the lines of the log are all there is. */
function isLogAlone(facts: Facts): facts is Facts & { readonly log: LogReading } {
  const { log, jenkins, chain, shape, answers } = facts
  return log !== undefined && [jenkins, chain, shape].every((each) => each === undefined) && isEmpty(answers)
}

function isEmpty(answers: Facts['answers']): boolean {
  return Object.keys(answers).length === 0
}

/** Outside Jenkins the credential that was examined is the one that git sent first: the route has already said what is wrong with it. */
function isOfExamined({ code }: Diagnosis, { jenkins }: Facts): boolean {
  return jenkins === undefined && (code === 'D111' || code === 'D112')
}

/** The name that the URL decides is the name that is refused: one fault, told once. */
function isOneName(route: Diagnosis, credential: Diagnosis, { jenkins }: Facts): boolean {
  return jenkins === undefined && route.code === 'D110' && NAME.has(credential.code)
}

const NAME: ReadonlySet<string> = new Set(['D106', 'D107', 'D117'])

function firstOf(table: readonly Rule[], judges: Rule['judges'], facts: Facts): Diagnosis | undefined {
  for (const rule of table) {
    const diagnosis = rule.judges === judges ? rule.decide(facts) : undefined
    if (diagnosis !== undefined) return diagnosis
  }
  return undefined
}
