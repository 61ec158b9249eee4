import { evidenceText } from '../bitbucket/evidence-text.ts'
import type { Evidence } from '../model/answer.ts'
import type { JenkinsFindings } from '../model/jenkins-findings.ts'

/**
 * Whether the job can fetch: the controller's own test is newer than any build, so it counts first. `unknown` where it was not asked
 * or where the controller reads the repository without a credential as well.
 */
export function jenkinsOutcome(findings: JenkinsFindings): 'works' | 'fails' | 'unknown' {
  const { checkUrl, lastBuild } = findings
  if (lastBuild?.result === 'FAILURE' && checkUrl?.with.kind !== 'connected') return 'fails'
  if (checkUrl?.with.kind === 'failed') return 'fails'
  if (checkUrl?.with.kind === 'connected' && checkUrl.without.kind === 'failed')
    return lastBuild?.result === 'FAILURE' ? 'unknown' : 'works'
  if (lastBuild?.result === 'SUCCESS') return 'works'
  return 'unknown'
}

/** What Jenkins told, as evidence. */
export function jenkinsEvidence(findings: JenkinsFindings): readonly Evidence[] {
  const { lastBuild, checkUrl, credentialId, item, resolution } = findings
  return [
    {
      asked: whichCredential(item, credentialId),
      answered: evidenceText(resolutionWords(credentialId, resolution)),
    },
    ...(lastBuild === undefined
      ? []
      : [{ asked: `build #${lastBuild.number}`, answered: evidenceText(lastBuild.result) }]),
    ...(checkUrl?.with.kind === 'failed'
      ? [{ asked: 'the controller, with the credential', answered: evidenceText(checkUrl.with.words) }]
      : []),
    ...(checkUrl?.with.kind === 'connected'
      ? [{ asked: 'the controller, with the credential', answered: 'connected' }]
      : []),
  ]
}

function whichCredential(item: string | undefined, id: string | undefined): string {
  return item === undefined && id !== undefined
    ? `Which credential has the id "${evidenceText(id)}"?`
    : `Which credential does ${item ?? 'the job'} use?`
}

function resolutionWords(id: string | undefined, resolution: JenkinsFindings['resolution']): string {
  if (resolution.kind === 'none selected') return 'none is selected'
  if (resolution.kind === 'unknown') return `not known: ${resolution.because}`
  if (resolution.kind === 'not found') return `"${id ?? ''}", which no store holds`
  const user = resolution.username === undefined ? '' : `, username ${resolution.username}`
  const shadows = resolution.shadows.length === 0 ? '' : `, which hides the one of ${resolution.shadows.join(', ')}`
  return `"${id ?? ''}" of ${resolution.store} (${resolution.typeName}${user})${shadows}`
}
