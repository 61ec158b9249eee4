import type { ApplyOptions, RunOutcome } from '../apply/apply-plan.ts'
import type { AuditedRun } from '../apply/audit-run.ts'
import type { ApplyEvent } from '../apply/deps.ts'
import type { ForgetOptions, ForgetOutcome } from '../apply/forget-run.ts'
import type { RollbackOptions, RollbackOutcome } from '../apply/rollback.ts'
import type { RunState } from '../apply/run-state.ts'
import type { VerifiedPlace, VerifyOptions } from '../apply/verify-run.ts'
import type { Consultation } from '../diagnose/consultation.ts'
import type { JenkinsKnown, Known } from '../diagnose/diagnose.ts'
import type { RestQuestion } from '../diagnose/diagnose-rest.ts'
import type { GitScene } from '../diagnose/git-settings.ts'
import type { BuildsAllowed } from '../model/builds-allowed.ts'
import type { Consumer } from '../model/consumer.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Place, PlaceId } from '../model/place.ts'
import type { Plan } from '../model/plan.ts'
import type { Context, System } from '../model/ports.ts'
import type { Repository } from '../model/use.ts'
import type { TokenPolicy } from '../plan/plan-input.ts'
import type { ToldUse } from '../plan/told-uses.ts'
import type { Folders } from '../system/installation.ts'
import type { VaultToken } from '../vault/vault.ts'

export interface KeyturnOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Holds keys, vault and runs instead of the XDG folders. */
  readonly home?: string
  /** PEM of an authority to trust besides the system's. */
  readonly ca?: string
  /** Controllers that the user named. */
  readonly logins?: readonly { readonly baseUrl: string; readonly user: string; readonly apiToken: string }[]
  /** Opens an identity that is encrypted with it, and encrypts a new one. */
  readonly passphrase?: string
  /** Passwords of Ansible Vault, one a line. */
  readonly vaultPasswords?: Uint8Array
  /** For a rehearsal on a sandbox whose clock stands still. */
  readonly now?: () => Date
  /** Another outside than this machine's. */
  readonly system?: System
  readonly consumers?: readonly Consumer[]
}

export interface ScanOptions {
  readonly paths: readonly string[]
  readonly askControllers?: boolean
  /** Ask the credential helpers of git, too; that may unlock a keychain. */
  readonly askHelpers?: boolean
  /** Where a place names no repository and none is found near it, it is judged and proved on this one. */
  readonly example?: Repository
  readonly onFile?: (filesSeen: number) => void
  /** How many threads read folders. Absent: as many as the machine has idle cores for. */
  readonly threads?: number
  /** Every blob of every repository below the paths, too. */
  readonly history?: boolean
  /** Read only files that are new or changed since an earlier scan that was asked for the same; what held something is read again. */
  readonly incremental?: boolean
  /** Of histories, read what an earlier scan has read again, and remember nothing. */
  readonly noCache?: boolean
  /** What lies in archives, too: zip, jar, tar, gzip and zstd, also within one another. */
  readonly archives?: boolean
  /** One more document, which lies in no file; its name tells what reads it. */
  readonly document?: { readonly name: string; readonly bytes: Uint8Array }
  /** The home of the user, and where else the tools of that user are told to look. */
  readonly wholeHome?: boolean
  /** Leave out what git ignores, in repositories. Hidden files are read all the same. */
  readonly gitignore?: boolean
  /** Leave out folders that say that they are caches, and the cache of the home. */
  readonly skipCaches?: boolean
  /** Names of files to read besides, from the working folder on: separated by NUL, or one a line. */
  readonly fileList?: Uint8Array
}

export interface PlanOptions {
  /** Name of a vault token to use for every place. */
  readonly token?: string
  /** Put it also where what is there works. */
  readonly replace?: boolean
  /** Atlassian e-mail of the owner of what is found; REST wants it as username. */
  readonly email?: string
  /** How many tokens a person is asked for. Absent: one per owner. */
  readonly tokens?: TokenPolicy
  /** Places that are changed and proved before all others: an id, or a part of what names the place on screens. */
  readonly canaries?: readonly string[]
  /** What a person says that places are used for, by an id or a part of what names the place on screens. */
  readonly told?: readonly { readonly place: string; readonly use: ToldUse }[]
  /** Places that are to change; the others of the inventory tell who else holds a secret. Absent: all. */
  readonly only?: ReadonlySet<PlaceId>
  /** Judge by what the bytes tell; ask nobody. */
  readonly offline?: boolean
  readonly onPlace?: (done: number, of: number) => void
}

export interface NewToken {
  readonly name: string
  readonly secret: string
  readonly email?: string
  readonly username?: string
  /** ISO date or time. */
  readonly expiresAt?: string
  /** Keep it without asking Bitbucket. */
  readonly offline?: boolean
}

export interface CheckedToken {
  readonly token: VaultToken
  /** `false`: Bitbucket refuses it, so it was not kept. */
  readonly usable: boolean
  /** Absent when Bitbucket was not asked. */
  readonly consultation?: Consultation
}

export interface GivenCredential {
  readonly username?: string
  readonly secret: string
  readonly repository?: Repository
  readonly known: Known
}

/** With somebody who is told what happens. */
export type Watched<Options> = Options & { readonly onEvent?: (event: ApplyEvent) => void }

/** What a proof may ask beyond the uses that the plan knows. */
export interface Asking {
  /** Asked about where a place names no repository. */
  readonly example?: Repository
  /** Absent: nothing is built. */
  readonly builds?: BuildsAllowed
}

/** The library's face: everything the command line does, as calls. Every method may throw `Failure`. */
export interface Keyturn {
  readonly context: Context
  readonly folders: Folders
  scan(options: ScanOptions): Promise<Inventory>
  diagnoseUrl(url: string, scene: GitScene, known: Known): Promise<Consultation>
  diagnosePlace(place: Place, known: Known): Promise<Consultation>
  diagnoseCredential(given: GivenCredential): Promise<Consultation>
  diagnoseRest(question: RestQuestion): Promise<Consultation>
  diagnoseJob(
    job: { readonly item?: string; readonly credentialId?: string },
    known: Omit<JenkinsKnown, 'secret'> & { readonly secret?: string },
  ): Promise<Consultation>
  diagnoseLog(text: string | Uint8Array): Promise<Consultation>
  tokens(): Promise<readonly VaultToken[]>
  addToken(token: NewToken): Promise<CheckedToken>
  checkToken(name: string): Promise<CheckedToken>
  removeToken(name: string): Promise<boolean>
  plan(inventory: Inventory, options?: PlanOptions): Promise<Plan>
  /** Keeps a plan among this installation's, under its id. */
  savePlan(plan: Plan): Promise<string>
  /** A path, an id, or nothing for the newest plan. */
  loadPlan(name?: string): Promise<Plan>
  apply(plan: Plan, options?: Watched<ApplyOptions>): Promise<RunOutcome>
  resume(run: string, options?: Watched<ApplyOptions>): Promise<RunOutcome>
  rollback(run: string, options?: Watched<RollbackOptions>): Promise<RollbackOutcome>
  verify(run: string, options?: VerifyOptions & Asking): Promise<readonly VerifiedPlace[]>
  /** Names, oldest first. */
  runNames(): Promise<readonly string[]>
  /** Throws R312 when its journal is damaged. */
  run(name: string): Promise<RunState>
  /** Oldest first. Throws R312 when the journal of one is damaged. */
  runs(): Promise<readonly RunState[]>
  /** Checks what is kept of a run; a damaged journal is a result. */
  audit(run: string): Promise<AuditedRun>
  /** Shreds the backups of a run, after which it cannot be put back. */
  forget(run: string, options?: ForgetOptions & Asking): Promise<ForgetOutcome>
}
