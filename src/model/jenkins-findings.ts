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
  readonly lastBuild?: {
    readonly number: number
    readonly result: string
    readonly text: string
    /** Since it ended, by the clock of this machine; absent where the controller does not say. */
    readonly minutesAgo?: number
  }
  /** Differential `checkUrl` on the controller: without and with the credential. */
  readonly checkUrl?: { readonly without: CheckUrlOutcome; readonly with: CheckUrlOutcome }
  /** Absent: the configuration could not be read, or there is no job. */
  readonly itemKind?: ItemKind
  /** Only for an item that asks Bitbucket through Branch Source, and for the branch jobs that its scans made. */
  readonly branchSource?: BranchSourceFindings
  /** The remote at Bitbucket that is fetched over SSH, when there is none over HTTPS. */
  readonly sshUrl?: string
  /** Last scan of a multibranch project or an organization folder. `text` as for a build. */
  readonly lastScan?: { readonly result: string; readonly text: string }
  /** What the stored ciphertext tells of the secret, without the secret. */
  readonly storedSecret?: StoredSecretSize
  /** The YAML that holds the credential, as far as the controller names its sources. */
  readonly ownedByCode?: { readonly sources: readonly string[] }
  /** Plugin versions that could be read, by short name. */
  readonly plugins: Readonly<Record<string, string>>
  /** What could not be read, and why: `plugin versions: 403, needs hudson.model.Hudson.SystemRead`. */
  readonly gaps: readonly string[]
}

/** By the root of the configuration. A `branch` is a job that a scan made. */
export type ItemKind = 'job' | 'branch' | 'multibranch' | 'organization' | 'folder'

export interface BranchSourceFindings {
  /** `repoOwner`: the workspace. */
  readonly workspace: string
  /** `checkCredentialsId`: whether the installed version knows the form of the credential. It asks nobody. */
  readonly check?: CheckUrlOutcome
}

/**
 * `hudson.util.Secret` encrypts in blocks of 16 bytes, so that the length is known to a block: an empty secret, or the white space that
 * a shown and posted credential leaves behind, fills one.
 */
export interface StoredSecretSize {
  readonly shortest: number
  readonly longest: number
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
  | {
      readonly kind: 'not found'
      readonly known: readonly string[]
      /** Credentials of this id that the item is not given. */
      readonly hidden?: readonly HiddenCredential[]
    }
  | { readonly kind: 'none selected' }
  | { readonly kind: 'unknown'; readonly because: string }

export interface HiddenCredential {
  /** `system` or `folder team`. */
  readonly store: string
  readonly because: HiddenBecause
}

export type HiddenBecause =
  | { readonly kind: 'scope' }
  | { readonly kind: 'domain'; readonly name: string }
  | { readonly kind: 'type'; readonly typeName: string }
