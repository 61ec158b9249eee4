/**
 * What a person allows for a proof beyond questions that change nothing. A build does all that its job does, so each is named; what is made
 * for a label is removed again.
 */
export interface BuildsAllowed {
  /** Full names of jobs of Jenkins, `team/app/main`; each is built once for these allowances. */
  readonly jobs: readonly string[]
  /** Label of agents. Absent: no job is made. */
  readonly label?: string
  /** Ends the waiting for builds. */
  readonly signal?: AbortSignal
  /** Told what is waited for. */
  readonly onWait?: (words: string) => void
}

/** Whether a build of the job uses what the item uses: it is the item, or the item made it from a branch. */
export function buildsFor(item: string, job: string): boolean {
  return job === item || job.startsWith(`${item}/`)
}

/** The item of a use of Jenkins, by the words that it is listed with: `job team/app (Branch Source)` is about `team/app`. */
export function itemOfUse(by: string): string | undefined {
  return /^job (.+?)(?: \(Branch Source\))?$/.exec(by)?.[1]
}
