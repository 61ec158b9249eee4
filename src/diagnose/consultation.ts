import type { TokenShape } from '../bitbucket/token-shape.ts'
import type { Diagnosis } from '../model/diagnosis.ts'
import type { JenkinsFindings } from '../model/jenkins-findings.ts'
import type { PlaceRef } from '../model/place.ts'
import type { Fingerprint, SecretKind } from '../model/secret.ts'
import type { Operation, Repository } from '../model/use.ts'
import type { LogReading } from './console-log.ts'
import type { Answers } from './facts.ts'
import type { Source } from './source-standing.ts'
import type { GitChain } from './trace-git.ts'

/** What was examined, in words and values; no secret. */
export interface Examined {
  /** `git for https://bitbucket.org/acme/app.git`, `Jenkins job team/app`. */
  readonly words: string
  readonly use: Operation
  readonly username?: string
  readonly fingerprint?: Fingerprint
  readonly kind?: SecretKind
  readonly repository?: Repository
  readonly place?: PlaceRef
}

/** Where git looks. Of each secret its kind, and nothing else that its text tells: the length belongs to the secret. */
export interface ToldChain extends Omit<GitChain, 'sources'> {
  readonly sources: readonly (Omit<Source, 'shape'> & { readonly shape?: Pick<TokenShape, 'kind'> })[]
}

/** One visit to the doctor. Ready for JSON: a secret in it prints as its fingerprint. */
export interface Consultation {
  readonly subject: Examined
  /** The first is the cause. */
  readonly diagnoses: readonly Diagnosis[]
  readonly answers: Answers
  readonly chain?: ToldChain
  /** Without the text of the build, which is long and not ours. */
  readonly findings?: JenkinsFindings
  readonly log?: LogReading
}
