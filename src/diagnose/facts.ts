import type { RestAnswer } from '../bitbucket/client.ts'
import type { TokenShape } from '../bitbucket/token-shape.ts'
import type { Answer, Scope } from '../model/answer.ts'
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
  | 'rest-anonymous'
  | 'rest-configured'
  | 'rest-email'
  | 'rest-bearer'
  | 'rest-repository'
  | 'rest-workspace'
  | 'site'

/** One answer per probe that was asked. Absent: not asked, which is not a no. */
export type Answers = Readonly<Partial<Record<ProbeId, Answer | RestAnswer>>>

/** The credential under examination, and what it is for. */
export interface Subject {
  /** Absent: no readable credential; only the anonymous probe can be asked. */
  readonly credential?: Credential
  readonly use: Operation
  readonly repository?: Repository
  /** Path and query on api.bitbucket.org, as a tool asks it; the repository itself unless given. */
  readonly restPath?: string
  /** What is asked of REST for a place of a scan, where no path was given: what its use takes the scopes for. */
  readonly question?: string
  /** Scopes of that use. */
  readonly needs?: readonly Scope[]
  /** The tool sends the secret alone, as Bearer. */
  readonly bearer?: true
  /** A scan of a whole workspace of Jenkins: it needs more than the repositories. */
  readonly scans?: true
  readonly workspace?: string
  /** Atlassian e-mail of the owner, when it is known from elsewhere. */
  readonly email?: string
  /** `https://NAME.atlassian.net`, only when the user named it. */
  readonly siteUrl?: string
  readonly place?: PlaceRef
  /** Jenkins job that uses the place. */
  readonly job?: string
  /** Git Credential Manager holds it and does not give it to git. */
  readonly dropped?: true
}

/** Everything that the rules may look at. Values only: no secret, no doors to the outside. */
export interface Facts {
  readonly use: Operation
  readonly repository?: Repository
  readonly restPath?: string
  readonly needs?: readonly Scope[]
  readonly bearer?: true
  /** Before September 2026 REST had one text for a token that is dead, without scopes, or for another app. */
  readonly genericTexts?: true
  /** Before 28 July 2026, and outside of brown-outs, Bitbucket took app passwords. */
  readonly appPasswordsWork?: true
  /** Names of tokens in the vault: a new one needs another. */
  readonly takenNames?: readonly string[]
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
