/** What a Jenkins controller tells about one job and the credential it uses. Values only; judged by the rules in `src/diagnose/`. */
export interface JenkinsFindings {
  readonly controller: string
  readonly version?: string
  /** Full name: `team/app`. */
  readonly item?: string
  /** Remote URL of the job without userinfo. */
  readonly url?: string
  /** `user@` in the job's URL: the credential's username is then never sent. */
  readonly urlUsername?: string
  readonly urlHasSecret: boolean
  readonly credentialId?: string
  readonly resolution: CredentialResolution
  /** Last build. `text` without console notes; it holds no secret of Jenkins, but may hold host names. */
  readonly lastBuild?: { readonly number: number; readonly result: string; readonly text: string }
  /** Differential `checkUrl` on the controller: without and with the credential. */
  readonly checkUrl?: { readonly without: CheckUrlOutcome; readonly with: CheckUrlOutcome }
  /** Plugin versions that could be read, by short name. */
  readonly plugins: Readonly<Record<string, string>>
  /** What could not be read, and why: `plugin versions: 403, needs hudson.model.Hudson.SystemRead`. */
  readonly gaps: readonly string[]
}

export type CheckUrlOutcome =
  | { readonly kind: 'connected' }
  | { readonly kind: 'failed'; readonly words: string }
  | { readonly kind: 'not asked' }

/** Which credential an id means for an item: nearest folder first, then system. */
export type CredentialResolution =
  | {
      readonly kind: 'found'
      /** `system` or `folder team`. */
      readonly store: string
      readonly typeName: string
      /** Absent for secret text and for usernames that Jenkins hides. */
      readonly username?: string
      /** Farther stores that hold the same id and are hidden by this one. */
      readonly shadows: readonly string[]
    }
  | { readonly kind: 'not found'; readonly known: readonly string[] }
  | { readonly kind: 'none selected' }
  | { readonly kind: 'unknown'; readonly because: string }
