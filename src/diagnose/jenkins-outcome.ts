import { evidenceText } from '../bitbucket/evidence-text.ts'
import type { Evidence } from '../model/answer.ts'
import type { CheckUrlOutcome, HiddenBecause, JenkinsFindings } from '../model/jenkins-findings.ts'
import { type LogReading, readConsoleLog } from './console-log.ts'
import type { Facts } from './facts.ts'

export type JenkinsOutcome = 'works' | 'fails' | 'unknown'

/** The account that runs the build, as far as it was examined, and what Bitbucket answers to nobody. */
type Agent = Pick<Facts, 'chain' | 'chainAnswer'> & Partial<Pick<Facts, 'answers'>>

/** A build that ended so lately is as new as the test of the controller, which knows nothing of the agent. */
const RECENT_MINUTES = 60

/** Whether the job can fetch, from what the controller tells and what the agent was answered. */
export function jenkinsOutcome(findings: JenkinsFindings, agent: Agent = {}): JenkinsOutcome {
  if (findings.branchSource !== undefined) return branchSourceOutcome(findings)
  const { checkUrl } = findings
  if (hasSucceeded(findings) && checkUrl?.with.kind === 'failed' && isThroughAgent(findings, agent)) return 'works'
  const outcome = isReadThroughUrl(findings, agent) ? 'works' : controllerOutcome(findings)
  const isRefusedOnAgent = agent.chainAnswer?.kind === 'no' && !(hasSucceeded(findings) && isRecent(findings))
  return outcome === 'works' && isRefusedOnAgent ? 'unknown' : outcome
}

/** The URL holds a secret, so that the controller reads a private repository with the credential and without it. */
function isReadThroughUrl({ urlHasSecret, checkUrl, lastBuild }: JenkinsFindings, { answers }: Agent): boolean {
  const isPrivate = answers?.['git-anonymous']?.kind === 'no'
  return urlHasSecret && isPrivate && checkUrl?.with.kind === 'connected' && lastBuild === undefined
}

function hasSucceeded({ lastBuild }: JenkinsFindings): boolean {
  return lastBuild?.result === 'SUCCESS'
}

function isRecent({ lastBuild }: JenkinsFindings): boolean {
  return lastBuild?.minutesAgo !== undefined && lastBuild.minutesAgo <= RECENT_MINUTES
}

/** The build succeeds with what the agent keeps, whatever the controller is answered. */
function isThroughAgent(findings: JenkinsFindings, { chain, chainAnswer }: Agent): boolean {
  return chain === undefined ? isRecent(findings) : chainAnswer?.kind === 'yes'
}

/**
 * The controller's own test is newer than any build, so it counts first. `unknown` where it was not asked or where the controller reads
 * the repository without a credential as well.
 */
function controllerOutcome(findings: JenkinsFindings): JenkinsOutcome {
  const { checkUrl, lastBuild } = findings
  if (lastBuild?.result === 'FAILURE' && checkUrl?.with.kind !== 'connected') return 'fails'
  if (checkUrl?.with.kind === 'failed') return 'fails'
  if (checkUrl?.with.kind === 'connected' && checkUrl.without.kind === 'failed')
    return lastBuild?.result === 'FAILURE' ? 'unknown' : 'works'
  if (lastBuild?.result === 'SUCCESS') return 'works'
  return lastScanOutcome(findings)
}

/** Branch Source shows git another username than the stored one, so that git's own test of the stored pair decides nothing. */
function branchSourceOutcome(findings: JenkinsFindings): JenkinsOutcome {
  if (findings.branchSource?.check?.kind === 'failed') return 'fails'
  const { lastBuild } = findings
  if (lastBuild?.result === 'SUCCESS') return 'works'
  // A branch fails for its own reasons too: only what its log says of the fetch counts.
  if (lastBuild?.result === 'FAILURE') return readConsoleLog(lastBuild.text).findings.length > 0 ? 'fails' : 'unknown'
  return lastScanOutcome(findings)
}

function lastScanOutcome({ lastScan }: JenkinsFindings): JenkinsOutcome {
  if (lastScan?.result === 'FAILURE') return 'fails'
  // A scan that took a workspace for a user ends well, and lists too little.
  if (lastScan?.result !== 'SUCCESS') return 'unknown'
  return readConsoleLog(lastScan.text).findings.length > 0 ? 'fails' : 'works'
}

/** The log of what went wrong last: of the build, or of the scan. */
export function jenkinsLog({ lastBuild, lastScan }: JenkinsFindings): LogReading | undefined {
  if (lastBuild?.result === 'FAILURE') return readConsoleLog(lastBuild.text)
  return lastScan === undefined ? undefined : { origin: 'scan', ...readConsoleLog(lastScan.text) }
}

/** What Jenkins told, as evidence. */
export function jenkinsEvidence(findings: JenkinsFindings): readonly Evidence[] {
  const { lastBuild, lastScan, checkUrl, credentialId, item, resolution, branchSource } = findings
  const withIt = 'the controller, with the credential'
  return [
    {
      asked: whichCredential(item, credentialId),
      answered: evidenceText(resolutionWords(credentialId, resolution)),
    },
    ...(lastBuild === undefined
      ? []
      : [{ asked: `build #${lastBuild.number}`, answered: evidenceText(lastBuild.result) }]),
    ...(lastScan === undefined ? [] : [{ asked: 'last scan', answered: evidenceText(lastScan.result) }]),
    ...(branchSource === undefined ? outcomeEvidence(withIt, checkUrl?.with) : []),
    ...outcomeEvidence('Branch Source, whether it knows the form of the credential', branchSource?.check, 'yes'),
  ]
}

function outcomeEvidence(asked: string, outcome: CheckUrlOutcome | undefined, yes = 'connected'): readonly Evidence[] {
  if (outcome === undefined || outcome.kind === 'not asked') return []
  return [{ asked, answered: outcome.kind === 'connected' ? yes : evidenceText(outcome.words) }]
}

function whichCredential(item: string | undefined, id: string | undefined): string {
  return item === undefined && id !== undefined
    ? `Which credential has the id "${evidenceText(id)}"?`
    : `Which credential does ${item ?? 'the job'} use?`
}

function resolutionWords(id: string | undefined, resolution: JenkinsFindings['resolution']): string {
  if (resolution.kind === 'none selected') return 'none is selected'
  if (resolution.kind === 'unknown') return `not known: ${resolution.because}`
  if (resolution.kind === 'not found') {
    const hidden = (resolution.hidden ?? []).map(({ store, because }) => `${store}: ${hiddenWords(because)}`)
    return hidden.length === 0
      ? `"${id ?? ''}", which no store holds`
      : `"${id ?? ''}", which is there and not for it (${hidden.join('; ')})`
  }
  const user = resolution.username === undefined ? '' : `, username ${resolution.username}`
  const shadows = resolution.shadows.length === 0 ? '' : `, which hides the one of ${resolution.shadows.join(', ')}`
  return `"${id ?? ''}" of ${resolution.store} (${resolution.typeName}${user})${shadows}`
}

/** Why a credential of the right id is not given to an item. */
export function hiddenWords(because: HiddenBecause): string {
  if (because.kind === 'scope') return 'its scope is System, for the controller and its agents alone'
  if (because.kind === 'domain') return `its domain "${because.name}" leaves out bitbucket.org`
  return `it is a "${because.typeName}", which git is not offered`
}
