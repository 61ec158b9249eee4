import type { DiagnosisCode } from '../../src/model/diagnosis.ts'

/** Everything that is planted, as values: a world is built from it, and the oracle reads nothing else. */
export type Blueprint = GitWorld | JenkinsWorld | RestWorld

export type Name =
  | 'fixed name of API tokens'
  | 'fixed name of access tokens'
  | 'username'
  | 'username in other case'
  | 'e-mail'
  | 'name of somebody else'

/** How the copy of a secret came to where it is. */
export type Copy = 'whole' | 'cut' | 'percent-encoded' | 'blank at the end'
export type End = 'alive' | 'expired' | 'revoked'
export type Scopes = 'read' | 'read and write' | 'write' | 'other' | 'everything'

/** Two pairs with one `id` hold the same secret. */
export type SecretForm = { readonly id: string } & (
  | {
      readonly kind: 'api token'
      readonly app: 'bitbucket' | 'jira' | 'confluence' | 'none'
      readonly scopes: Scopes
      readonly end: End
      readonly copy: Copy
      readonly narrowed: boolean
    }
  | {
      readonly kind: 'access token'
      readonly covers: 'repository' | 'workspace' | 'another repository'
      readonly scopes: 'read' | 'read and write' | 'other'
      readonly end: End
      readonly copy: Copy
    }
  /** What a consumer gets for two hours. */
  | { readonly kind: 'oauth token'; readonly end: End }
  | { readonly kind: 'app password'; readonly prefixed: boolean }
  | { readonly kind: 'account password' }
  /** Of another system; `app password` has the shape of one of the older form. */
  | { readonly kind: 'foreign'; readonly looks: 'like nothing' | 'like an app password' }
)

export interface Pair {
  readonly name: Name
  readonly secret: SecretForm
}

export type Moment = 'today' | 'before Bearer' | 'cut-off' | 'brown-out' | 'between brown-outs'

/** What is not known of Bitbucket is a switch of the sandbox; each profile is one way it may be. */
export type Profile = 'default' | 'january' | 'one 401' | 'lenient'

export interface Site {
  readonly profile: Profile
  readonly moment: Moment
  readonly isPrivate: boolean
  readonly reach: 'write' | 'read' | 'none' | 'no such repository'
  readonly policy: 'none' | 'address' | 'two-step' | 'user limit'
  /** `one 401`: a single 401 to a good pair (BCLOUD-24107), which only the doctor meets. */
  readonly incident: 'none' | 'lock-out' | 'rate limit' | 'out of order' | 'one 401'
}

/** What the person can tell the doctor. */
export interface Told {
  readonly email: boolean
  readonly site: boolean
}

/** A file or variable that git reads settings from, in the order in which git reads them. */
export const SCOPES = ['system', 'xdg', 'global', 'included', 'local', 'environment'] as const
export type SettingScope = (typeof SCOPES)[number]
/** `http.extraHeader`, `http.https://bitbucket.org/.extraHeader`, with the path of the repository. */
export type KeyForm = 'general' | 'host' | 'path'

export interface Keyed {
  readonly scope: SettingScope
  readonly key: KeyForm
}

export type Helper = Keyed &
  (
    | { readonly kind: 'store'; readonly file: 'default' | 'other'; readonly lines: readonly Pair[] }
    /** A script of its own that keeps one pair, and forgets it when git says so. */
    | { readonly kind: 'keychain'; readonly pair: Pair }
    /** The pair is written into the setting. */
    | { readonly kind: 'snippet'; readonly pair: Pair }
    | { readonly kind: 'cache'; readonly pair: Pair }
    /** Git Credential Manager: before it answers, it tries what it stored with `GET /2.0/user`. */
    | { readonly kind: 'manager'; readonly pair: Pair }
    /** It tells the name and leaves the password to whoever comes next. */
    | { readonly kind: 'names a user'; readonly name: Name }
    /** A helper that is not installed. */
    | { readonly kind: 'absent' }
    /** An empty value: what was read before it does not count. */
    | { readonly kind: 'reset' }
  )

export type Noise = 'helper of another host' | 'other header' | 'other insteadOf' | 'netrc of another host' | 'colours'

/** Who asks what: `at` the URL as typed, in a clone whose remote is named, in a clone with the URL typed. */
export type Stand = 'url' | 'remote' | 'url in a clone' | 'remote of a worktree'

export interface GitWorld {
  readonly kind: 'git'
  readonly use: 'fetch' | 'push'
  readonly site: Site
  readonly told: Told
  readonly stand: Stand
  /** The doctor is asked after git has failed once and erased what it erases. */
  readonly afterFailure: boolean
  readonly header?: Keyed & { readonly pair: Pair; readonly scheme: 'Basic' | 'Bearer' }
  /** `user@` or `user:secret@`, written in the URL or put there by `insteadOf`; `raw` with its `@` as it is. */
  readonly userinfo?: {
    readonly name: Name
    readonly secret?: SecretForm
    readonly by: 'url' | 'insteadOf'
    readonly scope: SettingScope
    readonly raw?: true
  }
  readonly pinned?: Keyed & { readonly name: Name }
  readonly netrc?: { readonly pair: Pair; readonly entry: 'machine' | 'default' }
  /** In the order in which git reads them. */
  readonly helpers: readonly Helper[]
  readonly askpass?: { readonly pair: Pair; readonly by: 'environment' | 'core.askPass' }
  /** `credential.useHttpPath`, and whether the stored lines have the path. */
  readonly useHttpPath?: Keyed & { readonly linesHavePath: boolean }
  readonly network?: 'proxy of git' | 'certificates of git'
  readonly noise: readonly Noise[]
  /** What asks for the command only as a text: what git printed. */
  readonly askedBy: 'doctor URL' | 'doctor --log'
}

export interface JenkinsWorld {
  readonly kind: 'jenkins'
  readonly site: Site
  readonly told: Told & { readonly secret: boolean; readonly agentHome: boolean }
  readonly job: 'freestyle' | 'pipeline'
  /** What the credential of the job holds. */
  readonly pair: Pair
  /** Jenkins keeps an empty password under the name of the pair. */
  readonly isEmpty: boolean
  readonly id: 'right' | 'no store holds it' | 'none selected' | 'secret text' | 'system scope'
  readonly shadow?: Pair
  readonly userinfo?: { readonly name: Name; readonly secret?: SecretForm }
  readonly agent: { readonly netrc?: Pair; readonly store?: Pair; readonly header?: Pair }
  /** The remote of the job is `git@bitbucket.org:...`, whose key Bitbucket does not know. */
  readonly overSsh?: true
  /** The proxy in the agent's configuration does not answer. */
  readonly deadProxy?: true
  /** The system credential is written in the YAML of the controller. */
  readonly ownedByCode?: true
  /** The job was built once before the doctor was asked. */
  readonly built: boolean
  readonly askedBy: 'doctor --jenkins' | 'doctor --log'
}

export type RestPath = 'repository' | 'user' | 'workspace' | 'removed listing' | 'API 1.0'

export interface RestWorld {
  readonly kind: 'rest'
  readonly site: Site
  readonly told: Told
  readonly path: RestPath
  readonly pair: Pair
  readonly scheme: 'Basic' | 'Bearer'
  readonly by: 'curl -u' | 'netrc'
  /** Of every request of REST: something on the way takes the header, or the account has asked too often. */
  readonly disturbance?: 'header dropped' | 'rate limit'
}

/** Everything that would be wrong with this world, whether or not the command meets it. */
export type Planted = readonly DiagnosisCode[]
