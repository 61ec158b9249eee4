import type { Diagnosis, DiagnosisCode } from '../model/diagnosis.ts'
import type { JenkinsFindings } from '../model/jenkins-findings.ts'
import { type LogReading, readConsoleLog } from './console-log.ts'
import { decideLog } from './console-log-table.ts'
import type { Facts } from './facts.ts'

/** The test of the controller is newer than any build; of a Branch Source it asks with a name that is not sent. */
export function toldLast({ log }: Pick<Facts, 'log'>, jenkins: JenkinsFindings): LogReading | undefined {
  const { checkUrl, url, branchSource } = jenkins
  if (branchSource !== undefined || checkUrl?.with.kind !== 'failed') return log
  return { ...readConsoleLog(checkUrl.with.words), origin: 'build', ...(url === undefined ? {} : { url }) }
}

/** What Bitbucket says only to a credential that it knows, or whatever the credential is. */
const NOT_THE_SECRET: ReadonlySet<DiagnosisCode> = new Set(['D115', 'D120', 'D128', 'D129', 'D130'])

/** Bitbucket said in words of its own what it refuses, and that is not the secret which was sent. */
export function isRefusedForAnotherReason(facts: Facts, jenkins: JenkinsFindings): boolean {
  const log = toldLast(facts, jenkins)
  const [told] = log === undefined || log.findings.length === 0 ? [] : decideLog({ ...facts, log })
  return told !== undefined && isOfAnotherReason(told)
}

/** Bitbucket knows the secret under the name that was sent, whatever it lacks. */
export function isKnownAsSent(facts: Facts, jenkins: JenkinsFindings): boolean {
  const log = toldLast(facts, jenkins)
  const [told] = log === undefined || log.findings.length === 0 ? [] : decideLog({ ...facts, log })
  return told !== undefined && (isOfAnotherReason(told) || told.code === 'D105')
}

function isOfAnotherReason({ code }: Diagnosis): boolean {
  return NOT_THE_SECRET.has(code)
}
