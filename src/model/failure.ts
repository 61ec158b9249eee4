/**
 * Stable codes. R1xx input and files, R2xx plans and changes, R3xx runs, R4xx network and systems, R9xx defects.
 * The headline of each is in `src/messages/failures.ts`.
 */
export type ErrorCode =
  | 'R101' // a file is missing
  | 'R102' // a file cannot be read
  | 'R103' // a file cannot be written
  | 'R104' // a file is not what its name says
  | 'R105' // no space left
  | 'R106' // Jenkins keys missing or do not fit
  | 'R107' // git is missing
  | 'R108' // the port is in use
  | 'R109' // the vault cannot be opened
  | 'R110' // the token is not usable
  | 'R111' // nothing matches
  | 'R112' // the argument is not valid
  | 'R201' // the plan is out of date
  | 'R202' // the plan cannot be read
  | 'R203' // a token must be created first
  | 'R204' // the consumer refused the new credential
  | 'R205' // the place was changed by someone else
  | 'R206' // verification failed
  | 'R207' // another run holds the lock
  | 'R208' // the Jenkins controller is running
  | 'R310' // the last run did not finish
  | 'R311' // no such run
  | 'R312' // the journal is damaged
  | 'R313' // rollback is not complete
  | 'R314' // the backups of a run are still needed
  | 'R315' // a run cannot be continued
  | 'R401' // the system cannot be reached
  | 'R402' // the system refused the login
  | 'R403' // the system lacks a permission
  | 'R404' // the system answered something unexpected
  | 'R500' // the sandbox could not start
  | 'R900' // a defect in keyturn

export interface FailureParts {
  /** Where: a path, a URL without userinfo, a step. */
  readonly at?: string
  /** What was observed. Never a secret, never a raw body. */
  readonly because?: string
  /** What has and has not been changed. */
  readonly state?: string
  /** What to do; lines that start with two spaces are commands. */
  readonly next?: readonly string[]
  /** Exit code of the command line; 1 unless said. */
  readonly exitCode?: ExitCode
  readonly cause?: unknown
}

/** 0 done; 1 failed; 2 usage; 3 a person has to act; 4 changed meanwhile; 5 incomplete; 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 130

/** An expected failure in the five-part form: headline (from the code), at, because, state, next. */
export class Failure extends Error {
  readonly code: ErrorCode
  readonly parts: FailureParts

  constructor(code: ErrorCode, parts: FailureParts) {
    super(`${code}: ${parts.because ?? ''}`, parts.cause === undefined ? {} : { cause: parts.cause })
    this.name = 'Failure'
    this.code = code
    this.parts = parts
  }
}
