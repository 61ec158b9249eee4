import type { RestAnswer } from '../bitbucket/client.ts'
import type { TokenShape } from '../bitbucket/token-shape.ts'
import type { Answer } from '../model/answer.ts'
import type { Credential } from '../model/credential.ts'
import type { JenkinsFindings } from '../model/jenkins-findings.ts'
import type { PlaceRef } from '../model/place.ts'
import type { Fingerprint } from '../model/secret.ts'
import type { Operation, Repository } from '../model/use.ts'
import type { LogReading } from './console-log.ts'
import type { GitChain } from './trace-git.ts'

export type ProbeId =
  | 'git-anonymous'
  | 'git-configured'
  | 'git-sentinel'
  | 'git-push'
  | 'rest-configured'
  | 'rest-email'
  | 'rest-bearer'
  | 'rest-repository'
  | 'site'

/** One answer per probe that was asked. Absent: not asked, which is not a no. */
export type Answers = Readonly<Partial<Record<ProbeId, Answer | RestAnswer>>>

/** The credential under examination, and what it is for. */
export interface Subject {
  /** Absent: no readable credential; only the anonymous probe can be asked. */
  readonly credential?: Credential
  readonly use: Operation
  readonly repository?: Repository
  /** Atlassian e-mail of the owner, when it is known from elsewhere. */
  readonly email?: string
  /** `https://NAME.atlassian.net`, only when the user named it. */
  readonly siteUrl?: string
  readonly place?: PlaceRef
  /** Jenkins job that uses the place. */
  readonly job?: string
}

/** Everything that the rules may look at. Values only: no secret, no doors to the outside. */
export interface Facts {
  readonly use: Operation
  readonly repository?: Repository
  readonly username?: string
  readonly email?: string
  readonly siteUrl?: string
  readonly fingerprint?: Fingerprint
  readonly shape?: TokenShape
  readonly place?: PlaceRef
  readonly job?: string
  readonly answers: Answers
  /** Where git takes credentials from, on the machine in question. */
  readonly chain?: GitChain
  /** Answer for the source that git sends first, when that is not the credential under examination. */
  readonly chainAnswer?: Answer
  readonly jenkins?: JenkinsFindings
  readonly log?: LogReading
}
