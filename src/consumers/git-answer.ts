import type { Answer } from '../model/answer.ts'
import type { ProcessResult } from '../model/ports.ts'
import { oneLine, refusalOf } from './answer-of-reply.ts'

/** What is answered where git asked for a username or password: it found none. */
export const PASSED_OVER = 'git found no credential'

const STATUS_TEXT = /The requested URL returned error: (\d{3})/

/** git's own words; its screen is never repeated as it is, only the sentences that are known. */
export function answerOfGit(asked: string, { exitCode, stderr }: ProcessResult): Answer {
  if (exitCode === 0) return { kind: 'yes', scopes: 'not reported', evidence: { asked, answered: 'exit 0' } }
  if (exitCode === 124) return { kind: 'unknown', reason: 'timed out', evidence: { asked, answered: 'no end in time' } }
  if (/could not read (Username|Password)/.test(stderr))
    return { kind: 'unknown', reason: 'unexpected reply', evidence: { asked, answered: PASSED_OVER } }
  const status = statusOf(stderr)
  const said = remoteLines(stderr)
  const evidence = {
    asked,
    answered: oneLine(`exit ${exitCode}, ${status ?? 'no status'} ${said}`),
    ...(status === undefined ? {} : { status }),
  }
  if (status === 429) return { kind: 'unknown', reason: 'rate limited', evidence }
  const reason = status === undefined ? undefined : refusalOf(status, said)
  if (reason !== undefined) return { kind: 'no', reason, missing: [], evidence }
  const network = /Could not resolve|Failed to connect|Connection|SSL|certificate/i.test(stderr)
  return { kind: 'unknown', reason: network ? 'network' : 'unexpected reply', evidence }
}

/** git prints no status for 401 and 404. */
function statusOf(stderr: string): number | undefined {
  if (/Authentication failed for/.test(stderr)) return 401
  if (/repository '.*' not found/.test(stderr)) return 404
  const status = STATUS_TEXT.exec(stderr)?.[1]
  return status === undefined ? undefined : Number(status)
}

function remoteLines(stderr: string): string {
  return stderr
    .split('\n')
    .flatMap((line) => /^remote: (.*)$/.exec(line)?.[1] ?? [])
    .join(' ')
}
